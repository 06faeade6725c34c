#include <doctest/doctest.h>
#include <zlib.h>

#include <limits>
#include <map>

#include <xgrad/data/file.hpp>
#include <xgrad/data/safetensors.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

StoredTensor raw(const std::string& dtype, const Shape& shape, const std::string& bytes) {
  static std::string kept;
  kept = bytes;
  return {.name = "w", .dtype = dtype, .shape = shape, .bytes = kept};
}

}  // namespace

TEST_CASE("tensors and texts come back as they were written, in the order of Python's safetensors") {
  const Folder folder;
  const std::string path = (folder.path / "模型 1").string();
  const Tensor kernel{{1, -2.5}, {0, 1e-3}}, number = Tensor(Shape{}, Real(7)), none = zeros({0, 3});
  const StoredTensor steps = raw("I64", {1}, std::string("\5\0\0\0\0\0\0\0", 8));
  write_safetensors(path, {stored("z", kernel), stored("a \"b\"\n", number), stored("none", none), steps},
                    {{"名", "字"}, {"empty", ""}});
  const SafeTensors all = read_safetensors(path);
  REQUIRE(all.tensors.size() == 4);
  CHECK(all.tensors[0].name == "w");
  CHECK(all.tensors[0].dtype == "I64");
  CHECK(to_tensor(all.tensors[0]) == Tensor{5});
  CHECK(all.tensors[1].name == "a \"b\"\n");
  CHECK(all.tensors[1].dtype == (sizeof(Real) == 4 ? "F32" : "F64"));
  CHECK(to_tensor(all.tensors[1]) == number);
  CHECK(to_tensor(all.tensors[2]).shape() == Shape{0, 3});
  CHECK(all.tensors[3].name == "z");
  CHECK(to_tensor(all.tensors[3]) == kernel);
  CHECK(all.metadata == std::map<std::string, std::string>{{"名", "字"}, {"empty", ""}});
}

TEST_CASE("a file without tensors is a file") {
  const Folder folder;
  write_safetensors(folder.path / "x", {});
  CHECK(read_safetensors(folder.path / "x").tensors.empty());
}

TEST_CASE("a file is these bytes: a header padded to eight with spaces, then the numbers") {
  const Folder folder;
  const std::string eight("\0\1\2\3\4\5\6\7", 8);
  write_safetensors(folder.path / "x", {raw("I32", {2}, eight)}, {{"k", "v"}});
  const std::string file = read_file(folder.path / "x");
  const std::string header =
      R"({"__metadata__":{"k":"v","xgrad.crc32":"--------"},"w":{"dtype":"I32","shape":[2],"data_offsets":[0,8]}})";
  REQUIRE(file.size() == 8 + 104 + 8);
  CHECK(file.substr(0, 8) == std::string("\x68\0\0\0\0\0\0\0", 8));  // 0x68 = 104
  std::string text = file.substr(8, 104);
  const std::size_t digits = header.find('-');
  const std::string crc = text.substr(digits, 8);
  text.replace(digits, 8, "--------");
  CHECK(text == header + std::string(104 - header.size(), ' '));
  CHECK(file.substr(112) == eight);

  std::string zeroed = file;
  zeroed.replace(8 + digits, 8, "00000000");
  const uLong expected = crc32_z(0, reinterpret_cast<const Bytef*>(zeroed.data()), zeroed.size());
  CHECK(std::stoul(crc, nullptr, 16) == expected);
}

TEST_CASE("a file that Python wrote is read, number by number") {
  // By safetensors 0.8.0 and NumPy 2.4.6, see tests/reference/README.md.
  const std::string file = bytes_from_hex(
      "e0010000000000007b225f5f6d657461646174615f5f223a7b226279223a22507974686f6e227d2c2269223a7b2264747970"
      "65223a22493634222c227368617065223a5b325d2c22646174615f6f666673657473223a5b302c31365d7d2c2264223a7b22"
      "6474797065223a22463634222c227368617065223a5b315d2c22646174615f6f666673657473223a5b31362c32345d7d2c22"
      "77223a7b226474797065223a22463332222c227368617065223a5b322c325d2c22646174615f6f666673657473223a5b3234"
      "2c34305d7d2c2273223a7b226474797065223a22553332222c227368617065223a5b5d2c22646174615f6f66667365747322"
      "3a5b34302c34345d7d2c2268223a7b226474797065223a22463136222c227368617065223a5b365d2c22646174615f6f6666"
      "73657473223a5b34342c35365d7d2c2265223a7b226474797065223a22493136222c227368617065223a5b302c335d2c2264"
      "6174615f6f666673657473223a5b35362c35365d7d2c2275223a7b226474797065223a225538222c227368617065223a5b31"
      "5d2c22646174615f6f666673657473223a5b35362c35375d7d2c2262223a7b226474797065223a22424f4f4c222c22736861"
      "7065223a5b325d2c22646174615f6f666673657473223a5b35372c35395d7d7d202020202020f9ffffffffffffff00000001"
      "000000009a9999999999b93f0000803f000000400000404000009040ffffffff003c00b8ff030100ff7b007cff0100");
  const SafeTensors all = parse_safetensors(file, "x");
  CHECK(all.metadata == std::map<std::string, std::string>{{"by", "Python"}});
  const std::map<std::string, std::pair<std::string, Tensor>> expected = {
      {"w", {"F32", Tensor{{1, 2}, {3, 4.5}}}},
      {"h", {"F16", Tensor{1, -0.5, Real(1023.0 / (1 << 24)), Real(1.0 / (1 << 24)), 65504, Real(infinity)}}},
      {"d", {"F64", Tensor{Real(0.1)}}},
      {"i", {"I64", Tensor{-7, 16777216}}},
      {"b", {"BOOL", Tensor{1, 0}}},
      {"u", {"U8", Tensor{255}}},
      {"e", {"I16", zeros({0, 3})}}};
  for (const StoredTensor& tensor : all.tensors) {
    CAPTURE(tensor.name);
    if (tensor.name == "s") continue;
    const auto& [dtype, value] = expected.at(tensor.name);
    CHECK(tensor.dtype == dtype);
    CHECK(to_tensor(tensor) == value);
  }
  REQUIRE(all.tensors.size() == 8);
  CHECK(all.tensors[3].name == "s");
  CHECK(thrown_by<DataError>([&] { to_tensor(all.tensors[3]); }) ==
        (sizeof(Real) == 4 ? "tensor \"s\" of U32: element 0 is 4294967295, which a float cannot hold" : "nothing"));
}

TEST_CASE("numbers that Real does not hold are refused with their place") {
  const auto says = [](const std::string& dtype, const std::string& bytes, std::size_t size) {
    const StoredTensor tensor = raw(dtype, {bytes.size() / size}, bytes);
    return thrown_by<DataError>([&] { to_tensor(tensor); });
  };
  const bool is_float = sizeof(Real) == 4;
  const std::string two_24_and_1("\0\0\0\0\0\0\0\0\1\0\0\1\0\0\0\0", 16);
  CHECK(says("I64", two_24_and_1, 8) ==
        (is_float ? "tensor \"w\" of I64: element 1 is 16777217, which a float cannot hold" : "nothing"));
  const std::string two_53_and_1("\1\0\0\0\0\0\x20\0", 8), least("\0\0\0\0\0\0\0\x80", 8);
  CHECK(says("I64", two_53_and_1, 8) == std::string("tensor \"w\" of I64: element 0 is 9007199254740993, which a ") +
                                            (is_float ? "float" : "double") + " cannot hold");
  CHECK(says("I64", least, 8) == "nothing");  // -2^63
  CHECK(says("U64", std::string(8, '\xff'), 8).find("18446744073709551615") != std::string::npos);
  CHECK(says("F64", std::string("\0\0\0\0\0\0\xf0\x7e", 8), 8) ==  // 2^1008
        (is_float ? "tensor \"w\" of F64: element 0 is 2.74306e+303, which a float cannot hold" : "nothing"));
  CHECK(says("F64", std::string("\0\0\0\0\0\0\xf0\x7f", 8), 8) == "nothing");  // infinity
  CHECK(says("BOOL", std::string("\1\0\2", 3), 1) == "tensor \"w\" of BOOL: element 2 is 2; a bool is 0 or 1");
  CHECK(says("F32", "1234567", 4) == "tensor \"w\" of F32: 7 bytes for (1,) numbers of 4");
}

TEST_CASE("each dtype is read as what it is") {
  const auto value = [](const std::string& dtype, const std::string& bytes) {
    return static_cast<double>(to_tensor(raw(dtype, {1}, bytes))(0));
  };
  CHECK(value("I8", "\x80") == -128);
  CHECK(value("U8", "\x80") == 128);
  CHECK(value("I16", std::string("\0\x80", 2)) == -32768);
  CHECK(value("U16", std::string("\0\x80", 2)) == 32768);
  CHECK(value("I32", std::string("\0\0\0\x80", 4)) == -2147483648.0);
  CHECK(value("U32", std::string("\0\0\0\x80", 4)) == 2147483648.0);
  CHECK(value("BF16", "\x80\xbf") == -1);
  CHECK(value("F16", std::string("\0\x3c", 2)) == 1);
  CHECK(value("F16", std::string("\0\xfc", 2)) == -infinity);
  CHECK(std::isnan(value("F16", std::string("\1\xfc", 2))));
  CHECK(value("F16", std::string("\xff\3", 2)) == 1023.0 / (1 << 24));
  CHECK(std::signbit(value("F16", std::string("\0\x80", 2))));
}

TEST_CASE("what cannot be stored is refused before the file is touched") {
  const Folder folder;
  const std::string path = folder.write("x", {1});
  const Tensor one{1};
  const auto says = [&](std::vector<StoredTensor> tensors, std::map<std::string, std::string> metadata = {}) {
    return thrown_by<ValueError>([&] { write_safetensors(path, tensors, metadata); });
  };
  CHECK(says({stored("w", one), stored("w", one)}) == "write_safetensors: two tensors have the name \"w\"");
  CHECK(
      says({stored("__metadata__", one)}) ==
      "write_safetensors: tensor \"__metadata__\" of rank 1; it takes any other name than \"__metadata__\", and ranks "
      "up to 64");
  CHECK(says({stored("\xff", one)}) == "write_safetensors: a name or a text of the metadata is not UTF-8");
  CHECK(says({stored("w", one)}, {{"a", "\xff"}}) ==
        "write_safetensors: a name or a text of the metadata is not UTF-8");
  CHECK(says({raw("F32", {2}, "1234")}) == "write_safetensors: tensor \"w\" has 4 bytes for shape (2,) of F32");
  CHECK(says({raw("F33", {1}, "1234")}) == "write_safetensors: tensor \"w\" has 4 bytes for shape (1,) of F33");
  CHECK(read_file(path) == "\1");
}
