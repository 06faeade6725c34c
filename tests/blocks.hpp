#pragma once

// What the pages' blocks of C++ take for given: their names and types. Nothing here is ever run.

#include <iostream>
#include <vector>

#include <xgrad/xgrad.hpp>

using namespace xgrad;

extern Tensor x, y, x_val, y_val, wide, deep, prices, sales;
extern Tape tape;
extern Sequential model;
extern Optimizer optimizer;
extern History history;
extern const Var a, b, u, v, L;
struct Mine {
  void fields(Fields& f);
  Var operator()(Var x, const Context& context);
};
