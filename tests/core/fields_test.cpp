#include <xgrad/core/fields.hpp>
#include <xgrad/core/named.hpp>

#include "support.hpp"

using namespace xgrad;

namespace {

struct Inner {
  double rate = 0.5;
  Parameter weight{"weight", Tensor{1, 2}};
  void fields(Fields& f) { f("rate", rate)("weight", weight); }
};

struct Outer {
  Inner first, second;
  std::vector<Inner> more{2};
  std::array<Parameter, 2> pair{Parameter("a", Tensor{1}), Parameter("b", Tensor{2})};
  std::shared_ptr<Inner> shared = std::make_shared<Inner>(), same = shared;
  Parameter counted = Parameter("counted", Tensor{0}, false);
  void fields(Fields& f) {
    f("first", first)("second", second)("more", more)("pair", pair)("shared", shared)("same", same);
    f("first_again", first.weight)("counted", counted);
  }
};

std::vector<std::string> paths(ModuleRef module) {
  std::vector<std::string> all;
  each_parameter(module, [&](const std::string& path, Parameter&) { all.push_back(path); });
  return all;
}

struct Times {
  static constexpr const char* name = "times";
  double factor = 2;
  double operator()(double x) const { return factor * x; }
  void check() const { require<ValueError>(factor > 0, "times: factor is ", factor); }
  void fields(Fields& f) { f("factor", factor); }
};

}  // namespace

TEST_CASE("a walk makes the paths of fields, and meets what is shared once") {
  Outer outer;
  CHECK(paths(outer) == std::vector<std::string>{"first/weight", "second/weight", "more/0/weight", "more/1/weight",
                                                 "pair/0", "pair/1", "shared/weight", "counted"});
  CHECK(learnt_parameters(outer).size() == 7);  // without what is counted
  CHECK(learnt_parameters(outer).paths[6] == "shared/weight");
  CHECK(learnt_parameters(outer)[6] == &outer.shared->weight);
}

TEST_CASE("patterns of paths: * is a part of one name, ** any number of names") {
  CHECK(matches("**", "a"));
  CHECK(matches("**", "a/b/c"));
  CHECK(matches("**/bias", "bias"));
  CHECK(matches("**/bias", "a/b/bias"));
  CHECK(!matches("**/bias", "a/bias/b"));
  CHECK(matches("encoder/**", "encoder/dense/kernel"));
  CHECK(!matches("encoder/**", "encoder_2/dense/kernel"));
  CHECK(matches("dense*/kernel", "dense_1/kernel"));
  CHECK(matches("*/*", "dense/kernel"));
  CHECK(!matches("*", "dense/kernel"));
  CHECK(matches("a/**/z", "a/z"));
  CHECK(matches("a/**/z", "a/b/c/z"));
  CHECK(matches("d*s*e", "dense"));
  CHECK(!matches("", "a"));
  CHECK(!matches("a/b", "a"));
  CHECK(!matches("a", "a/b"));
  CHECK(matches("**/b/**/d", "a/b/b/c/d"));
  CHECK(!matches("**/b/**/d", "a/b/c/d/e"));
  CHECK(!matches("*a*a*a*a*a*a*a*a*a*a*a*a*a*a*b", std::string(60, 'a')));  // in no time
}

TEST_CASE("parameters are frozen and thawed by patterns of their paths") {
  Outer outer;
  freeze(outer, "more/**");
  freeze(outer, "*/weight");
  CHECK(learnt_parameters(outer).paths == std::vector<std::string>{"pair/0", "pair/1"});
  unfreeze(outer, "second/weight");
  CHECK(learnt_parameters(outer).paths[0] == "second/weight");
  CHECK(thrown_by<ValueError>([&] { freeze(outer.first, "kernel"); }) ==
        "freeze: no parameter matches \"kernel\"; there are weight");
}

TEST_CASE("two fields of one path, and names that are no part of a path, are refused") {
  struct Twice {
    Parameter a{"a", Tensor{1}}, b{"b", Tensor{1}};
    void fields(Fields& f) { f("weight", a)("weight", b); }
  } twice;
  CHECK(thrown_by<ValueError>([&] { check_fields(twice); }) ==
        "fields: two have the path \"weight\"; it takes one name for each");
  struct Slash {
    double rate = 0;
    void fields(Fields& f) { f("a/b", rate); }
  } slash;
  CHECK(thrown_by<ValueError>([&] { check_fields(slash); }) ==
        "fields: the name \"a/b\" of a field; it takes one without \"/\", not empty");
  struct Nameless {
    Inner inner;
    double rate = 0;
    void fields(Fields& f) { f("inner", inner)("", rate); }
  } nameless;
  CHECK(thrown_by<ValueError>([&] { check_fields(nameless); }).starts_with("fields: the name \"\""));
  struct Null {
    std::shared_ptr<Inner> inner;
    void fields(Fields& f) { f("inner", inner); }
  } null;
  CHECK(thrown_by<ValueError>([&] { check_fields(null); }) == "fields: inner is a null pointer; it takes a module");
}

TEST_CASE("options of every type are met where they are, integers and floats as the widest of their kind") {
  enum class Mode : char { a, b };
  struct All {
    bool flag = true;
    short small = -3;
    unsigned number = 7;
    float real = 0.5f;
    Mode mode = Mode::b;
    Shape shape{2, 3};
    std::optional<double> maybe = 0.25;
    std::vector<std::string> names{"x"};
    void fields(Fields& f) {
      f("flag", flag)("small", small)("number", number)("real", real)("mode", mode);
      f("shape", shape)("maybe", maybe)("names", names);
    }
  } all;
  struct Double final : Fields {
    Double() : Fields(reading) {}
    void option(const std::string& path, const Option& option, bool) override {
      seen += path + " ";
      if (auto* const integer = std::get_if<std::int64_t*>(&option)) **integer *= 2;
      if (auto* const real = std::get_if<double*>(&option)) **real *= 2;
    }
    std::string seen;
  } walk;
  all.mode = Mode::a;
  all.fields(walk);
  CHECK(walk.seen == "flag small number real mode shape maybe names ");
  CHECK(all.small == -6);
  CHECK(all.number == 14);
  CHECK(all.real == 1);
  all.small = 20000;
  CHECK(thrown_by<ValueError>([&] { all.fields(walk); }) == "small is 40000, which its type does not hold");
}

TEST_CASE("a parameter that has no value, or was moved, is refused where it is asked for it") {
  Parameter p;
  CHECK(p.is_empty());
  CHECK(thrown_by<ValueError>([&] { p.value(); }).starts_with("parameter without a label: it has no value"));
  Parameter w("w", Tensor{1, 2}), moved = std::move(w);
  CHECK(w.is_empty());
  CHECK(thrown_by<ValueError>([&] { w.value(); }).starts_with("parameter w: it has no value"));
  CHECK(moved.value() == Tensor{1, 2});
  w = moved;
  CHECK(w.value() == Tensor{1, 2});
}

TEST_CASE("names are found in any of Keras's spellings") {
  constexpr std::pair<std::string_view, int> table[] = {{"adam", 1}, {"mean_squared_error", 2}, {"auc", 3}};
  CHECK(find_named("thing", table, "Adam") == 1);
  CHECK(find_named("thing", table, "MeanSquaredError") == 2);
  CHECK(find_named("thing", table, "AUC") == 3);
  CHECK(thrown_by<ValueError>([&] { find_named("thing", table, "adma"); }) ==
        "thing: there is no \"adma\"; the names are adam, mean_squared_error, auc");
}

TEST_CASE("a named thing is held by value, checked, and called") {
  Callable<double(double)> times(Times{.factor = 3}), copy = times;
  copy.as<Times>()->factor = 5;
  CHECK(times(2) == 6);
  CHECK(copy(2) == 10);
  CHECK(times.name() == "times");
  CHECK(times.is_like(copy));
  CHECK(!times.is_like(Callable<double(double)>([](double x) { return x; })));
  CHECK(thrown_by<ValueError>([] { Callable<double(double)>(Times{.factor = -1}); }) == "times: factor is -1");
  Callable<double(double)> moved = std::move(times);
  CHECK(moved(1) == 3);
  CHECK(thrown_by<ValueError>([&] { times(1); }) == "call: there is nothing in it; was it moved from?");
}
