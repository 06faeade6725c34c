#include <xgrad/core/fields.hpp>
#include <xgrad/core/named.hpp>
#include <xgrad/core/random.hpp>

#include "support.hpp"

// Fields that are written and read again, by a store in memory.

using namespace xgrad;

namespace {

struct Store final : Fields {
  explicit Store(Purpose purpose) : Fields(purpose) {}
  void option(const std::string& path, const Option& option, bool is_needed) override {
    std::visit(
        [&]<class T>(T* x) {
          if (purpose() == writing) numbers[path] = std::make_shared<T>(*x);
          if (purpose() != reading) return;
          require<ValueError>(numbers.contains(path) || !is_needed, "there is no ", path);
          if (numbers.contains(path)) *x = *static_cast<T*>(numbers[path].get());
        },
        option);
  }
  void parameter(const std::string& path, Parameter& p, bool) override {
    if (purpose() == writing) tensors[path] = p.value();
    if (purpose() == reading) p.edit() = tensors.at(path);
  }
  void tensor(const std::string& path, Tensor& value) override {
    if (purpose() == writing) tensors[path] = value;
    if (purpose() == reading) value = tensors.at(path);
  }
  std::map<std::string, std::shared_ptr<void>> numbers;
  std::map<std::string, Tensor> tensors;
};

struct Part {
  double rate = 0;
  Parameter weight;
  void fields(Fields& f) { f("rate", rate)("weight", weight); }
  void check() const { require<ValueError>(rate >= 0, "part: rate is ", rate); }
};

struct Whole {
  std::vector<Part> parts;
  std::shared_ptr<Part> shared, same;
  Tensor mean = zeros({1});
  Rng rng;
  std::size_t count = 0;
  void fields(Fields& f) {
    f("parts", parts)("shared", shared)("same", same)("mean", mean)("rng", rng).needed("count", count);
    f.at("far/away", count);
  }
};

Whole whole() {
  Whole all;
  all.parts.resize(2);
  all.parts[1].rate = 0.5;
  for (Part& part : all.parts) part.weight = Parameter("w", Tensor{1, 2});
  all.shared = all.same = std::make_shared<Part>(all.parts[1]);
  all.mean = Tensor{3, 4};
  all.rng = Rng(5);
  all.rng.normal();
  all.count = 7;
  return all;
}

}  // namespace

TEST_CASE("lists, shared modules, tensors and generators are read as they were written") {
  Whole written = whole(), read;
  Store out(Fields::writing), in(Fields::reading);
  written.fields(out);
  CHECK(out.tensors.contains("parts/1/weight"));
  CHECK(out.numbers.contains("far/away"));
  in.numbers = out.numbers;
  in.tensors = out.tensors;
  read.fields(in);
  CHECK(read.parts.size() == 2);
  CHECK(read.parts[1].rate == 0.5);
  CHECK(read.parts[1].weight.value() == Tensor{1, 2});
  CHECK(read.shared != nullptr);
  CHECK(read.shared == read.same);
  CHECK(read.mean == Tensor{3, 4});
  CHECK(read.count == 7);
  CHECK(read.rng.normal() == written.rng.normal());
}

TEST_CASE("what a file must say is missed, and what it says wrongly is refused") {
  Whole written = whole();
  Store out(Fields::writing);
  written.fields(out);
  const auto read = [&](const std::string& path, std::shared_ptr<void> value) {
    Store in(Fields::reading);
    in.numbers = out.numbers;
    in.tensors = out.tensors;
    value ? void(in.numbers[path] = value) : void(in.numbers.erase(path));
    Whole all;
    return thrown_by<ValueError>([&] { all.fields(in); });
  };
  CHECK(read("count", nullptr) == "there is no count");
  CHECK(read("parts/0/rate", nullptr) == "nothing");
  CHECK(read("parts/0/rate", std::make_shared<double>(-1)) == "part: rate is -1");
  CHECK(read("same/same_as", std::make_shared<std::string>("nowhere")) == "same: there is no \"nowhere\" before it");
  CHECK(read("parts/size", std::make_shared<std::size_t>(1000000)) ==
        "parts: the list has 1000000 entries; it takes at most 100000");
}

TEST_CASE("a list of what cannot be made without arguments keeps its length") {
  struct Sized {
    explicit Sized(int) {}
    double rate = 0;
    void fields(Fields& f) { f("rate", rate); }
  };
  struct Lists {
    std::vector<Sized> sized{Sized(1), Sized(2)};
    void fields(Fields& f) { f("sized", sized); }
  } lists;
  Store out(Fields::writing), in(Fields::reading);
  lists.fields(out);
  in.numbers = out.numbers;
  lists.fields(in);
  lists.sized.pop_back();
  CHECK(thrown_by<ValueError>([&] {
          lists.fields(in);
        }).starts_with("sized: the list has 1 entries, not the 2 of the file"));
}

TEST_CASE("a named thing is copied in place where the types agree, and anew where they do not") {
  const Callable<double(double)> same([](double x) { return x; });
  Named a(Part{.rate = 1, .weight = {}}), b(Part{.rate = 2, .weight = {}}), other("other", 3.0);
  const void* const place = a.get("a");
  a = b;
  CHECK(a.get("a") == place);
  CHECK(a.as<Part>()->rate == 2);
  a = other;
  CHECK(a.name() == "other");
  CHECK(*a.as<double>() == 3);
  CHECK(a.as<Part>() == nullptr);
  Named moved = std::move(a);
  b = std::move(moved);
  CHECK(*b.as<double>() == 3);
  CHECK(thrown_by<ValueError>([&] { a.get("thing"); }) == "thing: there is nothing in it; was it moved from?");
  CHECK(thrown_by<ValueError>([] { Named(Part{.rate = -1, .weight = {}}); }) == "part: rate is -1");
  CHECK(same(2) == 2);
}

TEST_CASE("a parameter's token expires with it, and is no copy's") {
  std::weak_ptr<const void> token;
  {
    Parameter p = Parameter::statistic();
    CHECK(!p.trainable);
    token = p.token();
    CHECK(!token.expired());
    const Parameter copy = p;
    CHECK(copy.token().lock() != p.token().lock());
  }
  CHECK(token.expired());
  CHECK(shortest(0.1) == "0.1");
}
