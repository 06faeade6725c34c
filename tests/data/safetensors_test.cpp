#include <doctest/doctest.h>
#include <sys/wait.h>
#include <unistd.h>
#include <zlib.h>

#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include <xgrad/data/file.hpp>
#include <xgrad/data/safetensors.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

std::string bytes_from_hex(const std::string& hex) {
  const Bytes bytes = from_hex(hex);
  return {bytes.begin(), bytes.end()};
}

// A file of this header, not padded, and this many bytes of data.
std::string file_of(const std::string& header, std::size_t data = 0) {
  const std::uint64_t length = header.size();
  return std::string(reinterpret_cast<const char*>(&length), 8) + header + std::string(data, '\0');
}

// What parse_safetensors says of a file, after its name and a colon; "nothing" if it takes the file.
std::string complaint(const std::string& file) {
  const std::string what = thrown_by<DataError>([&] { parse_safetensors(file, "x"); });
  return what.starts_with("x: ") ? what.substr(3) : what;
}

// The complaint about a tensor "w" of four bytes that is described so.
std::string complaint_about(const std::string& description) {
  return complaint(file_of("{\"w\":" + description + "}", 4));
}

StoredTensor raw(const std::string& dtype, const Shape& shape, const std::string& bytes) {
  static std::string kept;
  kept = bytes;
  return {.name = "w", .dtype = dtype, .shape = shape, .bytes = kept};
}

// Two tensors and a text, as write_safetensors writes them.
std::string small_file() {
  const Folder folder;
  const Tensor kernel{{1, -2.5}, {0, 1e-3}}, bias{3, 4};
  write_safetensors(folder.path / "x", {stored("kernel", kernel), stored("bias", bias)}, {{"by", "a test"}});
  return read_file(folder.path / "x");
}

// How many of the files made of a good one by flipping one bit are refused. Those taken have the tensors of the good
// one, but perhaps other numbers, names or dtypes; `harmless` counts those with the same numbers under the same names.
int refused_flips(const std::string& good, int& harmless) {
  const SafeTensors sound = parse_safetensors(good, "x");
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string file = good;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ 1 << bit % 8);
    CAPTURE(bit);
    if (complaint(file) != "nothing") {
      ++refused;
      continue;
    }
    const SafeTensors all = parse_safetensors(file, "x");
    REQUIRE(all.tensors.size() == sound.tensors.size());
    bool same = true;
    for (std::size_t k = 0; k < sound.tensors.size(); ++k) {
      CHECK(element_count(all.tensors[k].shape) == element_count(sound.tensors[k].shape));
      same = same && all.tensors[k].name == sound.tensors[k].name && all.tensors[k].bytes == sound.tensors[k].bytes &&
             all.tensors[k].dtype == sound.tensors[k].dtype;
    }
    harmless += same;
  }
  return refused;
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

TEST_CASE("every case of the format's own tests is loaded or refused as there, and for the same reason") {
  const std::map<std::string, std::string> words = {
      {"InvalidOffset", "invalid offset 0, where the tensor before it ends at 16"},
      {"MetadataIncompleteBuffer", "incomplete"},
      {"HeaderTooLarge", "too large; the format has at most 100000000"},
      {"HeaderTooSmall", "within the 8 bytes of its header's length"},
      {"InvalidHeaderLength", "its header of 60 bytes ends after the file, which has 8"},
      {"InvalidHeader", "not JSON in UTF-8"},
      {"InvalidHeaderDeserialization", "not JSON"},
      {"TensorInvalidInfo (or MetadataIncompleteBuffer)", "invalid info: shape (2, 2) of I32 takes 16 bytes"},
      {"ValidationOverflow", "overflow"}};
  const auto cases = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/safetensors_cases.json")).at("cases");
  CHECK(cases.size() == 16);
  for (const auto& c : cases) {
    CAPTURE(c.at("name").get<std::string>());
    const std::string what = complaint(bytes_from_hex(c.at("hex")));
    CAPTURE(what);
    if (c.at("expect") == "load")
      CHECK(what == "nothing");
    else
      CHECK(what.find(words.at(c.at("error"))) != what.npos);
  }
}

TEST_CASE("a header's length is not believed") {
  for (const auto& [length, what] : std::map<std::string, std::string>{
           {std::string("\0\0\0\0\0\0\0\x80", 8),
            "a header of 9223372036854775808 bytes is too large; the format has at most 100000000"},
           {std::string("\1\xe1\xf5\5\0\0\0\0", 8),
            "a header of 100000001 bytes is too large; the format has at most 100000000"},
           {std::string("\0\xe1\xf5\5\0\0\0\0", 8), "its header of 100000000 bytes ends after the file, which has 10"}})
    CHECK(complaint(length + "{}") == what);
}

TEST_CASE("tensors neither overlap nor leave a gap") {
  const auto two = [](const std::string& first, const std::string& second) {
    return complaint(file_of(R"({"a":{"dtype":"U8","shape":[4],"data_offsets":)" + first +
                                 R"(},"b":{"dtype":"U8","shape":[4],"data_offsets":)" + second + "}}",
                             8));
  };
  const std::string advice = "; tensors neither overlap nor leave a gap";
  CHECK(two("[0,4]", "[4,8]") == "nothing");
  CHECK(two("[4,8]", "[0,4]") == "nothing");
  CHECK(two("[0,4]", "[3,7]") == "tensor \"b\": invalid offset 3, where the tensor before it ends at 4" + advice);
  CHECK(two("[0,4]", "[5,9]") == "tensor \"b\": invalid offset 5, where the tensor before it ends at 4" + advice);
  CHECK(two("[1,5]", "[5,9]") == "tensor \"a\": invalid offset 1, where the tensor before it ends at 0" + advice);
  CHECK(two("[4,0]", "[0,4]") ==
        "tensor \"a\": invalid info: shape (4,) of U8 takes 4 bytes, its data_offsets are 4 "
        "and 0");
}

TEST_CASE("a tensor's description has each of its three fields once, of the right type") {
  CHECK(complaint_about(R"({"data_offsets":[0,4],"shape":[],"dtype":"F32"})") == "nothing");
  for (const std::string description : {R"({"dtype":"F32","shape":[1]})",
                                        R"({"dtype":"F32","shape":[1],"data_offsets":[0]})",
                                        R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})",
                                        R"({"dtype":"F32","data_offsets":[0,4]})",
                                        R"({"shape":[1],"data_offsets":[0,4]})",
                                        R"({"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1})",
                                        R"({"dtype":"F32","dtype":"F32","shape":[1],"data_offsets":[0,4]})",
                                        R"({"dtype":32,"shape":[1]})",
                                        R"({"dtype":["F32"],"shape":[1]})",
                                        R"({"dtype":null})",
                                        R"({"dtype":true})",
                                        R"({"shape":"1"})",
                                        R"({"shape":1})",
                                        R"({"shape":{"0":1}})",
                                        R"({"shape":[[1]]})",
                                        R"({"shape":[-1]})",
                                        R"({"shape":[-0]})",
                                        R"({"shape":[1.0]})",
                                        R"({"shape":[18446744073709551616]})",
                                        R"({"shape":["1"]})",
                                        R"({"shape":[null]})",
                                        R"([])",
                                        R"("F32")",
                                        R"(4)",
                                        R"(null)"}) {
    CAPTURE(description);
    CHECK(complaint_about(description) ==
          "its header describes tensor \"w\" otherwise than by one each of \"dtype\": a text, \"shape\": [up to 64 "
          "whole numbers], \"data_offsets\": [begin, end]");
  }
  CHECK(complaint_about(R"({"dtype":"F31","shape":[1],"data_offsets":[0,4]})") ==
        "tensor \"w\": unknown dtype \"F31\"");
  CHECK(complaint_about(R"({"dtype":"f32","shape":[1],"data_offsets":[0,4]})") ==
        "tensor \"w\": unknown dtype \"f32\"");
}

TEST_CASE("extents whose product wraps around are refused, beside an extent of 0 too") {
  for (const std::string shape : {"[4294967296,4294967296]", "[18446744073709551615,18446744073709551615]",
                                  "[0,4294967296,4294967296]", "[4611686018427387904,2]"})
    CHECK(complaint_about(R"({"dtype":"F32","shape":)" + shape + R"(,"data_offsets":[0,4]})").find("overflows") !=
          std::string::npos);
}

TEST_CASE("a name is used once") {
  const std::string w = R"("w":{"dtype":"U8","shape":[0],"data_offsets":[0,0]})";
  CHECK(complaint(file_of("{" + w + "}")) == "nothing");
  CHECK(complaint(file_of("{" + w + "," + w + "}")) == "two tensors have the name \"w\"");
}

TEST_CASE("the metadata is one map of texts") {
  CHECK(complaint(file_of(R"({"__metadata__":{"a":"b","c":""}})")) == "nothing");
  for (const std::string header :
       {R"({"__metadata__":{"a":"b","a":"c"}})", R"({"__metadata__":{},"__metadata__":{}})",
        R"({"__metadata__":{"a":1}})", R"({"__metadata__":{"a":null}})", R"({"__metadata__":{"a":{}}})",
        R"({"__metadata__":{"a":[]}})", R"({"__metadata__":"a"})", R"({"__metadata__":[]})"})
    CHECK(complaint(file_of(header)) == "its metadata is not one object of texts, each under a name of its own");
}

TEST_CASE("a header is one JSON object in UTF-8, and nothing else") {
  CHECK(complaint(file_of("")) == "its header is not JSON in UTF-8, at byte 8");
  CHECK(complaint(file_of("{}x")) == "its header is not JSON in UTF-8, at byte 10");
  CHECK(complaint(file_of("{\"\xff\":{}}")) == "its header is not JSON in UTF-8, at byte 10");
  CHECK(complaint(file_of("{\"__metadata__\":{\"a\":\"\xc3\"}}")).starts_with("its header is not JSON in UTF-8"));
  CHECK(complaint(file_of(std::string("{}\0{}", 5))) == "its header is not JSON in UTF-8: it has a byte 0");
  for (const std::string header : {"[]", "1", "null", "\"w\"", "[[[]]]"})
    CHECK(complaint(file_of(header)) == "its header is not a JSON object of tensors");
}

TEST_CASE("JSON nested a hundred thousand deep is refused where it starts") {
  for (const std::string open : {"[", "{\"a\":"})
    for (const std::string before : {"", "{\"w\":", "{\"w\":{\"shape\":", "{\"__metadata__\":{\"a\":"}) {
      std::string header = before;
      for (int k = 0; k < 100'000; ++k) header += open;
      CAPTURE(header.substr(0, 40));
      CHECK(complaint(file_of(header)).starts_with("its "));
    }
}

TEST_CASE("every truncation of a good file is refused, and every longer one") {
  const std::string good = small_file();
  for (std::size_t n = 0; n < good.size(); ++n) CHECK(complaint(good.substr(0, n)) != "nothing");
  CHECK(complaint(good) == "nothing");
  CHECK(complaint(good + '\0') != "nothing");
}

TEST_CASE("no flipped bit of a file gets into the numbers, names or dtypes") {
  const std::string good = small_file();
  const int bits = 8 * static_cast<int>(good.size());
  int harmless = 0;
  const int refused = refused_flips(good, harmless);
  MESSAGE(refused, " of ", bits, " flips refused (", 100.0 * refused / bits,
          " %); the others spoil the name of the checksum");
  CHECK(refused + harmless == bits);
  CHECK(harmless <= 8 * 11);  // the name has 11 letters

  // The same file as another program would write it.
  std::string plain = good;
  plain.replace(plain.find("xgrad.crc32"), 11, "xgrad.other");
  harmless = 0;
  const int refused_plain = refused_flips(plain, harmless);
  MESSAGE("without a checksum ", refused_plain, " (", 100.0 * refused_plain / bits, " %)");
  CHECK(refused_plain < bits - harmless);
}

TEST_CASE("a program that kept an old checksum is told so") {
  std::string file = file_of(R"({"__metadata__":{ "xgrad.crc32" : "00000000" }})");
  CHECK(
      complaint(file) ==
      "its bytes do not match their checksum, \"00000000\"; the file is damaged, or was changed by a program that kept "
      "the old checksum");
  CHECK(complaint(file_of(R"({"__metadata__":{"xgrad.crc32":""}})")).starts_with("its bytes do not match"));
  CHECK(complaint(file_of(R"({"__metadata__":{"xgrad.crc32":"0"}})")).starts_with("its bytes do not match"));
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

#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
TEST_CASE("reading takes no more memory than the file and a mebibyte, whatever it promises") {
  const Folder folder;
  const std::string path = (folder.path / "x").string();
  const auto peak_in_kib = [&] {  // of a process of its own, beyond what it had
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto field = [](const std::string& name) {
        std::ifstream status("/proc/self/status");
        std::string word;
        long value = 0;
        while (status >> word && word != name) {
        }
        status >> value;
        return value;
      };
      thrown_by<DataError>([&] { read_safetensors(path); });  // brings the program's own pages in
      std::ofstream("/proc/self/clear_refs") << 5;            // VmHWM starts again
      const long before = field("VmRSS:");
      thrown_by<DataError>([&] { read_safetensors(path); });
      const long grown = field("VmHWM:") - before;
      _exit(::write(ends[1], &grown, sizeof grown) == sizeof grown ? 0 : 1);
    }
    long grown = -1;
    REQUIRE(::read(ends[0], &grown, sizeof grown) == sizeof grown);
    ::close(ends[0]);
    ::close(ends[1]);
    ::waitpid(child, nullptr, 0);
    return grown;
  };
  write_file(path, std::string("\0\xe1\xf5\5\0\0\0\0{}", 10));
  CHECK(peak_in_kib() <= 1024);
  write_file(path, file_of(R"({"w":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}})", 8));
  CHECK(peak_in_kib() <= 1024);
  write_file(path, file_of(R"({"w":{"dtype":"U8","shape":[30000000],"data_offsets":[0,30000000]}})", 30'000'000));
  CHECK(peak_in_kib() <= 30'000'000 / 1024 + 1024);
}
#endif
