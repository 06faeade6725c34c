#pragma once

// What the pages' blocks of C++ take for given: their names and types. Nothing here is ever run.

#include <iostream>
#include <vector>

#include <xgrad/tables/csv_reader.hpp>
#include <xgrad/tables/guess.hpp>
#include <xgrad/tables/table_report.hpp>
#include <xgrad/teach/check_by_hand.hpp>
#include <xgrad/teach/explain.hpp>
#include <xgrad/teach/lints.hpp>
#include <xgrad/teach/tape_page.hpp>
#include <xgrad/xgrad.hpp>

using namespace xgrad;

extern Tensor x, y, x_val, y_val, wide, deep, prices, sales;
extern Tape tape;
extern Sequential model;
extern Table table, train, test;
extern Pipeline pipeline;
extern Optimizer optimizer;
extern History history;
extern const Var a, b, u, v, L;
struct Mine {
  void fields(Fields& f);
  Var operator()(Var x, const Context& context);
};
