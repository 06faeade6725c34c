#include <fstream>
#include <functional>
#include <map>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/gradient.hpp>
#include <xgrad/autograd/ops/ops.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

using Json = nlohmann::json;
using Vars = std::vector<Var>;
using Replay = std::function<Var(const Vars& x, const Json& attributes)>;

const Json& programs() {
  static const Json data = Json::parse(std::ifstream(XGRAD_TEST_DATA "/pytorch_programs.json"));
  return data["programs"];
}

Shape shape_of(const Json& extents) { return Shape(extents.begin(), extents.end()); }

Tensor tensor(const Shape& shape, const Json& values) {
  Tensor x(shape);
  REQUIRE(values.size() == x.size());
  for (std::size_t i = 0; i < x.size(); ++i) x.data()[i] = values[i].get<Real>();
  return x;
}

// What is recorded for an operation of one, two or three values and no attributes.
Replay plain(Var (*f)(Var)) {
  return [f](const Vars& x, const Json&) { return f(x.at(0)); };
}
Replay plain(Var (*f)(Var, Var)) {
  return [f](const Vars& x, const Json&) { return f(x.at(0), x.at(1)); };
}
Replay plain(Var (*f)(Var, Var, Var)) {
  return [f](const Vars& x, const Json&) { return f(x.at(0), x.at(1), x.at(2)); };
}

// A function of one value whose attribute, an axis or a number, may be left out.
template <class T>
Replay with(const char* attribute, Var (*without)(Var), Var (*f)(Var, T)) {
  return [=](const Vars& x, const Json& a) {
    return a.contains(attribute) ? f(x.at(0), a[attribute].get<std::remove_cvref_t<T>>()) : without(x.at(0));
  };
}

Replay reduction(Var (*all)(Var), Var (*some)(Var, const Axes&, bool)) {
  return [=](const Vars& x, const Json& a) {
    return a.empty() ? all(x.at(0)) : some(x.at(0), a["axes"].get<Axes>(), a["keepdims"]);
  };
}

Replay to_shape(Var (*f)(Var, const Shape&)) {
  return [f](const Vars& x, const Json& a) { return f(x.at(0), shape_of(a["shape"])); };
}

Replay loss(Var (*f)(const Given&, Var), Var (*weighted)(const Given&, Var, const Given&)) {
  return
      [=](const Vars& x, const Json&) { return x.size() == 2 ? f(x[0], x[1]) : weighted(x.at(0), x.at(1), x.at(2)); };
}

// Every name in the programs' steps, but "constant".
const std::map<std::string, Replay> operations{
    {"add", plain(add)},
    {"subtract", plain(subtract)},
    {"multiply", plain(multiply)},
    {"divide", plain(divide)},
    {"pow", plain(pow)},
    {"maximum", plain(maximum)},
    {"minimum", plain(minimum)},
    {"clip", plain(clip)},
    {"where", plain(where)},
    {"greater", plain(by_argument::greater)},
    {"equal", plain(equal)},
    {"negative", plain(negative)},
    {"square", plain(square)},
    {"sqrt", plain(sqrt)},
    {"rsqrt", plain(rsqrt)},
    {"exp", plain(exp)},
    {"expm1", plain(expm1)},
    {"log", plain(log)},
    {"log1p", plain(log1p)},
    {"abs", plain(abs)},
    {"sign", plain(sign)},
    {"sin", plain(sin)},
    {"cos", plain(cos)},
    {"erf", plain(erf)},
    {"stop_gradient", plain(stop_gradient)},
    {"tanh", plain(tanh)},
    {"sigmoid", plain(sigmoid)},
    {"softplus", plain(softplus)},
    {"relu", plain(relu)},
    {"gate", plain(gate)},
    {"leaky_relu", with<Real>("slope", leaky_relu, leaky_relu)},
    {"elu", with<Real>("alpha", elu, elu)},
    {"selu", plain(selu)},
    {"silu", plain(silu)},
    {"gelu", plain(gelu)},
    {"gelu_tanh", plain(gelu_tanh)},
    {"softmax", with<int>("axis", softmax, softmax)},
    {"log_softmax", with<int>("axis", log_softmax, log_softmax)},
    {"matmul", plain(matmul)},
    {"matmul_nt", plain(matmul_nt)},
    {"matmul_tn", plain(matmul_tn)},
    {"linear", plain(linear)},
    {"dot", plain(dot)},
    {"outer", plain(outer)},
    {"sum", reduction(sum, sum)},
    {"mean", reduction(mean, mean)},
    {"variance", reduction(variance, variance)},
    {"max", reduction(max, max)},
    {"min", reduction(min, min)},
    {"logsumexp", reduction(logsumexp, logsumexp)},
    {"norm", reduction(norm, norm)},
    {"sum_to", to_shape(sum_to)},
    {"max_to", to_shape(max_to)},
    {"broadcast_to", to_shape(broadcast_to)},
    {"reshape", to_shape(reshape)},
    {"flatten", plain(flatten)},
    {"expand_dims", [](const Vars& x, const Json& a) { return expand_dims(x.at(0), a["axis"]); }},
    {"squeeze", with<int>("axis", squeeze, squeeze)},
    {"transpose", with<const Axes&>("axes", transpose, transpose)},
    {"concatenate", [](const Vars& x, const Json& a) { return concatenate(x, a["axis"]); }},
    {"stack", [](const Vars& x, const Json& a) { return stack(x, a["axis"]); }},
    {"slice", [](const Vars& x, const Json& a) { return slice(x.at(0), a["axis"], a["begin"], a["end"]); }},
    {"pad", [](const Vars& x, const Json& a) { return pad(x.at(0), a["axis"], a["begin"], a["extent"]); }},
    {"rows", [](const Vars& x, const Json& a) { return rows(x.at(0), a["begin"], a["end"]); }},
    {"take", plain(take)},
    {"segment_sum", [](const Vars& x, const Json& a) { return segment_sum(x.at(0), x.at(1), a["num_segments"]); }},
    {"take_along_axis", plain(take_along_axis)},
    {"one_hot", [](const Vars& x, const Json& a) { return one_hot(x.at(0), x.at(1), a["classes"]); }},
    {"mean_squared_error", loss(mean_squared_error, mean_squared_error)},
    {"mean_absolute_error", loss(mean_absolute_error, mean_absolute_error)},
    {"huber",
     [](const Vars& x, const Json& a) {
       const Real delta = a.value("delta", Real(1));
       return x.size() == 2 ? huber(x[0], x[1], delta) : huber(x.at(0), x.at(1), x.at(2), delta);
     }},
    {"binary_crossentropy", loss(binary_crossentropy, binary_crossentropy)},
    {"binary_crossentropy_from_logits", loss(binary_crossentropy_from_logits, binary_crossentropy_from_logits)},
    {"categorical_crossentropy", loss(categorical_crossentropy, categorical_crossentropy)},
    {"categorical_crossentropy_from_logits",
     loss(categorical_crossentropy_from_logits, categorical_crossentropy_from_logits)},
    {"sparse_categorical_crossentropy", loss(sparse_categorical_crossentropy, sparse_categorical_crossentropy)},
    {"softmax_cross_entropy", loss(softmax_cross_entropy, softmax_cross_entropy)},
};

// The program's result, recorded from its inputs on.
Var replay(const Json& program, Tape& tape, Vars values) {
  for (const Json& step : program["steps"]) {
    const std::string name = step[0];
    const Json& attributes = step[2];
    if (name == "constant") {
      values.push_back(tape.constant(tensor(shape_of(attributes["shape"]), attributes["values"])));
      continue;
    }
    Vars arguments;
    for (const Json& place : step[1]) arguments.push_back(values.at(place));
    values.push_back(operations.at(name)(arguments, attributes));
  }
  return values.back();
}

}  // namespace

TEST_CASE("the programs use every operation, and no name is unknown") {
  std::map<std::string, int> uses;
  for (const Json& program : programs())
    for (const Json& step : program["steps"]) ++uses[step[0]];
  uses.erase("constant");
  for (const auto& use : uses) {
    CAPTURE(use.first);
    CHECK(operations.contains(use.first));
    CHECK(use.second >= 2);
  }
  CHECK(uses.size() == operations.size());
}

TEST_CASE("composite programs have PyTorch's values, gradients and Hessian-vector products") {
  const double tolerance = either(1e-5, 1e-10);
  int run = 0;
  for (const Json& program : programs()) {
    CAPTURE(run);
    CAPTURE(program["steps"].dump());
    Tape tape;
    Vars inputs;
    for (const Json& input : program["inputs"]) inputs.push_back(tape.variable(tensor(shape_of(input[0]), input[1])));
    const Var result = replay(program, tape, inputs);
    check_close(result.value(), tensor({}, Json::array({program["result"]})), tolerance);

    const Vars gradients = gradient(result, inputs);
    Vars along;  // the slope in the stored direction, input by input
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      check_close(gradients[i].value(), tensor(inputs[i].shape(), program["gradients"][i]), tolerance);
      const Tensor direction = tensor(inputs[i].shape(), program["directions"][i][1]);
      along.push_back(sum(gradients[i] * tape.constant(direction)));
    }
    const Vars products = gradient(sum(stack(along)), inputs);
    for (std::size_t i = 0; i < inputs.size(); ++i)
      check_close(products[i].value(), tensor(inputs[i].shape(), program["products"][i]), tolerance);
    ++run;
  }
  CHECK(run >= 60);
}
