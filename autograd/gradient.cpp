#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

// sum(v[0] w[0]) + sum(v[1] w[1]) + ...
Var inner_product(const char* who, const std::vector<Var>& v, const std::vector<Var>& w) {
  require(v.size() == w.size() && !v.empty(), who, ": ", w.size(), " directions for ", v.size(),
          " inputs; it takes one for each");
  Var total;
  for (std::size_t k = 0; k < v.size(); ++k) {
    require(v[k].shape() == w[k].shape(), who, ": direction ", k, " has shape ", w[k].shape(),
            "; it takes its input's, ", v[k].shape());
    const Var part = sum(v[k] * w[k]);
    total = k == 0 ? part : total + part;
  }
  return total;
}

}  // namespace

std::vector<Var> gradient(Var y, const std::vector<Var>& inputs) {
  require(y.size() == 1, "gradient: y has shape ", y.shape(), "; it takes one element, such as sum(y)");
  return vjp(y, inputs, y.tape().constant(y.shape(), 1));
}

std::vector<Var> vjp(Var y, const std::vector<Var>& inputs, Var v) {
  std::vector<Var> gradients;
  y.tape().pull(y, v, inputs, gradients);
  return gradients;
}

Var jvp(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions) {
  const Var u = y.tape().variable(zeros(y.shape()));
  return gradient(inner_product("jvp", vjp(y, inputs, u), directions), {u})[0];
}

Var jacobian(Var y, Var x) {
  std::vector<Var> rows;
  for (std::size_t i = 0; i < y.size(); ++i) {
    const Var unit = y.tape().constant(y.shape(), [i](Tensor& v) {
      v.fill(0);
      v.data()[i] = 1;
    });
    rows.push_back(vjp(y, {x}, unit)[0]);
  }
  Shape shape = y.shape();
  for (const std::size_t extent : x.shape()) shape.push_back(extent);
  return rows.empty() ? y.tape().constant(zeros(shape)) : reshape(stack(rows), shape);
}

Var hessian(Var y, Var x) { return jacobian(gradient(y, {x})[0], x); }

std::vector<Var> hessian_vector_product(Var y, const std::vector<Var>& inputs, const std::vector<Var>& directions) {
  return gradient(inner_product("hessian_vector_product", gradient(y, inputs), directions), inputs);
}

}  // namespace xgrad::inline XGRAD_PRECISION
