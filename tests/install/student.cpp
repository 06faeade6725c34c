// A program of both components.
#include <fstream>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/tables/read_csv.hpp>
#include <xgrad/teach/trace.hpp>

int main() {
  std::ofstream("student.csv") << "height,weight\n1.5,50\n2,80\n";
  xgrad::Tape tape;
  const xgrad::Var x = tape.variable(xgrad::Tensor{1, 2, 3});
  const bool traced = xgrad::trace(sum(square(x))).size() == 2;
  return traced && xgrad::read_csv("student.csv").size() == 2 ? 0 : 1;
}
