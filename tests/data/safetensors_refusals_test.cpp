#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include <xgrad/data/file.hpp>
#include <xgrad/data/safetensors.hpp>

#include "data/files.hpp"
#include "data/processes.hpp"
#include "support.hpp"

// Files that are damaged, or that somebody made to do harm.

using namespace xgrad;

namespace {

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

TEST_CASE("fields that a tensor's description does not have in the format are passed over, whatever is in them") {
  const std::string known = R"("dtype":"F32","shape":[1],"data_offsets":[0,4])";
  for (const std::string more : {"1", "-1", "0.5", "null", "true", "\"x\"", "[]", "{}", "[[1],{\"dtype\":[\"F64\"]}]",
                                 "{\"shape\":{\"a\":[2,{}]},\"dtype\":1}"}) {
    CAPTURE(more);
    CHECK(complaint_about("{\"more\":" + more + "," + known + "}") == "nothing");
    CHECK(complaint_about("{" + known + ",\"more\":" + more + ",\"more\":" + more + "}") == "nothing");
    CHECK(complaint_about("{\"more\":" + more + "}") != "nothing");
  }
}

TEST_CASE("a dtype that no tensor can take leaves the others of its file to be read") {
  const std::string header =
      R"({"a":{"dtype":"F8_E4M3","shape":[4],"data_offsets":[0,4]},"b":{"dtype":"F4","shape":[2,2],"data_offsets":[4,6]},)"
      R"("c":{"dtype":"U8","shape":[2],"data_offsets":[6,8]},"d":{"dtype":"C64","shape":[1],"data_offsets":[8,16]}})";
  const std::string file = file_of(header, 16);
  const SafeTensors all = parse_safetensors(file, "x");
  REQUIRE(all.tensors.size() == 4);
  CHECK(to_tensor(all.tensors[2]) == Tensor{0, 0});
  CHECK(thrown_by<DataError>([&] { to_tensor(all.tensors[0]); }) ==
        "tensor \"a\" of F8_E4M3 cannot be taken; a tensor takes F16, BF16, F32, F64, whole numbers and bools");
  const Folder folder;
  write_safetensors(folder.path / "x", all.tensors);
  CHECK(read_safetensors(folder.path / "x").tensors.size() == 4);
  CHECK(complaint(file_of(R"({"a":{"dtype":"F4","shape":[3],"data_offsets":[0,2]}})", 2)).find("ends within a byte") !=
        std::string::npos);
}

TEST_CASE("a tensor's description has each of its three fields once, of the right type") {
  CHECK(complaint_about(R"({"data_offsets":[0,4],"shape":[],"dtype":"F32"})") == "nothing");
  for (const std::string description : {R"({"dtype":"F32","shape":[1]})",
                                        R"({"dtype":"F32","shape":[1],"data_offsets":[0]})",
                                        R"({"dtype":"F32","shape":[1],"data_offsets":[0,4,4]})",
                                        R"({"dtype":"F32","data_offsets":[0,4]})",
                                        R"({"shape":[1],"data_offsets":[0,4]})",
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

#ifndef __SANITIZE_ADDRESS__  // which keeps what was freed
TEST_CASE("reading takes no more memory than the file and a mebibyte, whatever it promises") {
  const Folder folder;
  const std::string path = (folder.path / "x").string();
  const auto peak_in_kib = [&] { return 1024 * cost_of([&] { read_safetensors(path); }).mebibytes; };
  write_file(path, std::string("\0\xe1\xf5\5\0\0\0\0{}", 10));
  CHECK(peak_in_kib() <= 1024);
  write_file(path, file_of(R"({"w":{"dtype":"F64","shape":[1099511627776],"data_offsets":[0,8796093022208]}})", 8));
  CHECK(peak_in_kib() <= 1024);
  write_file(path, file_of(R"({"w":{"dtype":"U8","shape":[30000000],"data_offsets":[0,30000000]}})", 30'000'000));
  CHECK(peak_in_kib() <= 30'000'000 / 1024 + 1024);
}
#endif
