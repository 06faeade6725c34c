#include <doctest/doctest.h>

#include <nlohmann/json.hpp>

#include <xgrad/data/file.hpp>
#include <xgrad/data/npy.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

// A .npy file of this header and this many bytes of data.
std::string npy_of(const std::string& header, std::size_t data) {
  return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size() % 256) +
         static_cast<char>(header.size() / 256) + header + std::string(data, '\0');
}

std::string header_of(const std::string& descr, const std::string& shape) {
  return "{'descr': '" + descr + "', 'fortran_order': False, 'shape': " + shape + ", }\n";
}

// What parse_npy says of a file, after its name and a colon; "nothing" if it takes the file.
std::string complaint(const std::string& file) {
  const std::string what = thrown_by<DataError>([&] { parse_npy(file, "x"); });
  return what.starts_with("x: ") ? what.substr(3) : what;
}

nlohmann::json numpy_cases() {
  return nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/numpy_files.json")).at("cases");
}

std::string numpy_case(const std::string& name) {
  for (const auto& c : numpy_cases())
    if (c.at("name") == name) return bytes_from_hex(c.at("hex"));
  FAIL("no case ", name);
  return "";
}

}  // namespace

TEST_CASE("what NumPy wrote is read: names, order, shapes and numbers") {
  std::size_t read = 0;
  for (const auto& c : numpy_cases()) {
    const std::string name = c.at("name"), file = bytes_from_hex(c.at("hex"));
    CAPTURE(name);
    std::vector<std::pair<std::string, Tensor>> arrays;
    if (name.starts_with("npz"))
      arrays = parse_npz(file, "x");
    else
      arrays.emplace_back("", parse_npy(file, "x"));
    REQUIRE(arrays.size() == c.at("arrays").size());
    for (std::size_t k = 0; k < arrays.size(); ++k) {
      const auto& expected = c.at("arrays")[k];
      CHECK(arrays[k].first == expected.at("name").get<std::string>());
      const Tensor& tensor = arrays[k].second;
      CHECK(std::vector<std::size_t>(tensor.shape().begin(), tensor.shape().end()) ==
            expected.at("shape").get<std::vector<std::size_t>>());
      CHECK(std::vector<double>(tensor.begin(), tensor.end()) == expected.at("values").get<std::vector<double>>());
    }
    ++read;
  }
  CHECK(read == 43);
}

TEST_CASE("a tensor is saved in the bytes that np.save writes") {
  const Folder folder;
  Tensor cube(Shape{2, 3, 4});
  for (std::size_t k = 0; k < 24; ++k) cube.data()[k] = static_cast<Real>(k);
  save_npy(folder.path / "x.npy", cube);
  CHECK(load_npy(folder.path / "x.npy") == cube);
  if (sizeof(Real) == 4) CHECK(read_file(folder.path / "x.npy") == numpy_case("npy version 1"));
  save_npy(folder.path / "x.npy", Tensor(Shape{}, Real(0.5)));
  if (sizeof(Real) == 8) CHECK(read_file(folder.path / "x.npy") == numpy_case("npy of a number"));
  save_npy(folder.path / "x.npy", zeros({0, 3}));
  CHECK(load_npy(folder.path / "x.npy").shape() == Shape{0, 3});
  if (sizeof(Real) == 8) CHECK(read_file(folder.path / "x.npy") == numpy_case("npy of nothing"));
}

TEST_CASE("tensors are saved as np.savez names them, and twelve come back in order") {
  const Folder folder;
  std::vector<Tensor> tensors;
  for (int k = 0; k < 12; ++k) tensors.push_back(Tensor{static_cast<Real>(k)});
  save_npz(folder.path / "x.npz", tensors);
  CHECK(load_npz(folder.path / "x.npz") == tensors);
  CHECK(load_npz_named(folder.path / "x.npz")[11].first == "arr_11");
  save_npz(folder.path / "x.npz", {});
  CHECK(load_npz(folder.path / "x.npz").empty());
}

TEST_CASE("Fortran order of any rank is put into C order") {
  const std::string header = "{'shape': (2, 3), 'fortran_order': True, 'descr': '|u1'}";
  std::string file = npy_of(header, 6);
  for (std::size_t k = 0; k < 6; ++k) file[file.size() - 6 + k] = static_cast<char>(k);
  CHECK(parse_npy(file, "x") == Tensor{{0, 2, 4}, {1, 3, 5}});
  CHECK(parse_npy(npy_of("{'shape': (), 'fortran_order': True, 'descr': '|u1'}", 1), "x").shape() == Shape{});
  CHECK(parse_npy(npy_of("{'shape': (2, 0), 'fortran_order': True, 'descr': '|u1'}", 0), "x").shape() == Shape{2, 0});
}

TEST_CASE("a header is the dictionary that NumPy writes, in any order and spacing") {
  for (const std::string header : {"{\"shape\":(1,),\"descr\":\"|u1\",\"fortran_order\":False}",
                                   "  { 'descr' : '|u1' , 'fortran_order' : False , 'shape' : ( 1 , ) , } \n"})
    CHECK(complaint(npy_of(header, 1)) == "nothing");
  for (const std::string& header :
       {std::string(""), std::string("{"), std::string("{}"), std::string("{'descr': '|u1'}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1,)}\0", 56),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1)}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (-1,)}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1.0,)}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (18446744073709551616,)}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': [1]}"),
        std::string("{'descr': '|u1', 'fortran_order': 0, 'shape': (1,)}"),
        std::string("{'descr': '|u1', 'fortran_order': False, 'shape': (1,), 'more': 1}"),
        std::string("{'descr': '|u1', 'descr': '|u1', 'fortran_order': False, 'shape': (1,)}"),
        std::string("{'descr': '|u1, 'fortran_order': False, 'shape': (1,)}"),
        std::string("{'descr' '|u1', 'fortran_order': False, 'shape': (1,)}"),
        std::string("{'descr': '|u1' 'fortran_order': False, 'shape': (1,)}")}) {
    CAPTURE(header);
    CHECK(complaint(npy_of(header, 1)) ==
          "its header, " + excerpt(header) +
              ", is not {'descr': a text, 'fortran_order': True or False, 'shape': (up to 64 whole numbers)}");
  }
}

TEST_CASE("a dtype that is no plain number is refused by its name") {
  const std::string takes = "; it takes f2, f4, f8, whole numbers and bools, with < or > before";
  for (const std::string descr : {"|O", "<c8", "<f16", "<M8[ns]", "|S4", "<U4", "=f4", "f4", "|f4", "<f3", ""})
    CHECK(complaint(npy_of(header_of(descr, "(1,)"), 4)) == "dtype \"" + descr + "\"" + takes);
  const std::string fields = "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,), }\n";
  CHECK(complaint(npy_of(fields, 4)) == "dtype \"[('a', '<f4')]\"" + takes);
}

TEST_CASE("a header's shape is not believed") {
  CHECK(complaint(npy_of(header_of("<f4", "(2, 3)"), 24)) == "nothing");
  CHECK(complaint(npy_of(header_of("<f4", "(2, 3)"), 23)) ==
        "its header says (2, 3) of dtype \"<f4\", so expected 94 bytes, found 93");
  CHECK(complaint(npy_of(header_of("<f4", "(2, 3)"), 25)) ==
        "its header says (2, 3) of dtype \"<f4\", so expected 94 bytes, found 95");
  CHECK(complaint(npy_of(header_of("<f8", "(1048576, 1048576)"), 8)) ==
        "its header says (1048576, 1048576) of dtype \"<f8\", so expected 8796093022290 bytes, found 90");
  CHECK(complaint(npy_of(header_of("<f8", "(4294967296, 4294967296)"), 8)) ==
        "its header says (4294967296, 4294967296), more bytes than 63 bits can count");
}

TEST_CASE("what is not .npy is refused for what it is") {
  CHECK(complaint("") == "is not .npy (starts with \"\")");
  CHECK(complaint("<!DOCTYPE html>") == "is not .npy (starts with \"<!DOCT\")");
  CHECK(complaint(std::string("\x93NUMPY\4\0\0\0\0\0", 12)) == ".npy version 4; it takes 1, 2 and 3");
  CHECK(complaint(std::string("\x93NUMPY\2\0\xff\xff\xff\xff", 12)) ==
        "a header of 4294967295 bytes; it takes up to "
        "10000");
  CHECK(complaint("\x93NUMPY") == "ends at byte 6, before its header");
}

TEST_CASE("numbers that Real does not hold are refused with their place") {
  std::string file = npy_of(header_of("<i8", "(2,)"), 16);
  file[file.size() - 8] = 1;
  file[file.size() - 8 + 3] = 1;  // 2^24 + 1
  CHECK(complaint(file) == (sizeof(Real) == 4 ? "element 1 is 16777217, which a float cannot hold" : "nothing"));
  file[file.size() - 1] = 0x7f;
  CHECK(complaint(file).starts_with("element 1 is 9151314442833625089, which a "));
  CHECK(complaint(npy_of(header_of("|b1", "(1,)"), 0) + "\2") == "element 0 is 2; a bool is 0 or 1");
}

TEST_CASE("every truncation of .npy and .npz is refused") {
  for (const std::string name :
       {"npy <f4", "npz of names", "npz of names, compressed", "npz to a pipe", "npz in zip64"}) {
    const std::string good = numpy_case(name);
    CAPTURE(name);
    for (std::size_t n = 0; n < good.size(); ++n) {
      CAPTURE(n);
      if (name.starts_with("npz"))
        CHECK_THROWS_AS(parse_npz(std::string_view(good).substr(0, n), "x"), DataError);
      else
        CHECK_THROWS_AS(parse_npy(std::string_view(good).substr(0, n), "x"), DataError);
    }
  }
}

TEST_CASE("no flipped bit of an archive gets into the numbers") {
  const std::string good = numpy_case("npz of names, compressed");
  const auto sound = parse_npz(good, "x");
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * good.size(); ++bit) {
    std::string file = good;
    file[bit / 8] = static_cast<char>(file[bit / 8] ^ 1 << bit % 8);
    CAPTURE(bit);
    try {
      const auto all = parse_npz(file, "x");
      CHECK(all.size() + 1 >= sound.size());  // one whose name no longer ends in .npy is passed over
      for (const auto& one : all)
        CHECK(std::any_of(sound.begin(), sound.end(), [&](const auto& s) { return s.second == one.second; }));
    } catch (const DataError&) {
      ++refused;
    }
  }
  MESSAGE(refused, " of ", 8 * good.size(),
          " flips refused; the others are of times, versions, names and sizes told twice");
  CHECK(refused > 3000);
}

TEST_CASE("an archive that promises what deflate cannot give is refused before memory is taken") {
  std::string bomb = numpy_case("npz of names, compressed");
  const std::size_t entry = bomb.find("PK\1\2");
  bomb.replace(entry + 24, 4, "\0\0\0\x40", 4);  // 2^30 bytes
  CHECK(thrown_by<DataError>([&] {
          parse_npz(bomb, "x");
        }).starts_with("x: zip damaged: member \"x.npy\" cannot have 1073741824 bytes in "));
  bomb.replace(entry + 24, 4, "\0\0\1\0", 4);  // 2^16
  CHECK(thrown_by<DataError>([&] { parse_npz(bomb, "x"); }) ==
        "x: member \"x.npy\": its header says (2, 3, 4) of dtype \"<f4\", so expected 224 bytes, found 65536");
}

TEST_CASE("a zip64 record is read where the numbers beside it are full") {
  std::string file = numpy_case("npz in zip64, compressed");
  const std::size_t end = file.rfind("PK\5\6"), record = file.rfind("PK\6\6");
  file.replace(end + 8, 12, std::string(12, '\xff'));
  CHECK(parse_npz(file, "x") == parse_npz(numpy_case("npz of names"), "x"));
  file[record] = 'p';
  CHECK(thrown_by<DataError>([&] { parse_npz(file, "x"); }).starts_with("x: zip damaged: no zip64 record at byte "));
  file[end - 20] = 'p';
  CHECK(thrown_by<DataError>([&] { parse_npz(file, "x"); }) == "x: zip damaged: its zip64 record cannot be found");
}

TEST_CASE("members that share their bytes, or a name, are refused") {
  const Folder folder;
  save_npz(folder.path / "x", {Tensor{1}, Tensor{2}});
  const std::string good = read_file(folder.path / "x");
  const std::size_t second = good.rfind("PK\1\2");
  std::string shared = good;
  shared.replace(second + 42, 4, std::string(4, '\0'));
  CHECK(thrown_by<DataError>([&] { parse_npz(shared, "x"); }) == "x: zip damaged: two members share byte 0");
  std::string twice = good;
  twice.replace(second + 46, 9, "arr_0.npy");
  CHECK(thrown_by<DataError>([&] { parse_npz(twice, "x"); }) == "x: two members have the name \"arr_0.npy\"");
}

TEST_CASE("a member that is packed in another way, or is no array, is refused by its name") {
  const Folder folder;
  save_npz(folder.path / "x", {Tensor{1}});
  const std::string good = read_file(folder.path / "x");
  const std::size_t entry = good.find("PK\1\2");
  const auto says = [&](std::size_t at, const std::string& bytes) {
    std::string file = good;
    file.replace(at, bytes.size(), bytes);
    return thrown_by<DataError>([&] { parse_npz(file, "x"); });
  };
  CHECK(says(entry + 10, std::string("\14\0", 2)) ==
        "x: member \"arr_0.npy\" is packed by method 12; it takes 0, stored, and 8, deflated");
  CHECK(says(entry + 8, "\1") == "x: member \"arr_0.npy\" is encrypted; it takes plain ones");
  CHECK(says(entry + 16, "1234") == "x: member \"arr_0.npy\" is damaged: its CRC is wrong");
  CHECK(thrown_by<DataError>([&] { parse_npz("<!DOCTYPE html><html></html>", "x"); }) ==
        "x: no zip, or cut short: the record that ends one is not there");
}

TEST_CASE("an array is read by its name, whatever the others are, and one that no tensor takes is named then") {
  const Folder folder;
  const std::string path = (folder.path / "x.npz").string(), file = numpy_case("npz with what no tensor takes");
  write_file(path, file);
  CHECK(load_npz(path, "2024") == Tensor{{1, 0, 2}, {3, 4, 125}});
  CHECK(load_npz(path, "x").shape() == Shape{2, 3, 4});
  CHECK(load_npz_named(path).size() == 2);
  const std::string takes = "; it takes f2, f4, f8, whole numbers and bools, with < or > before";
  const auto says = [&](auto... name) { return thrown_by<DataError>([&] { load_npz(path, name...); }); };
  CHECK(says("text") == path + ": member \"text.npy\": dtype \"<U2\"" + takes);
  CHECK(says("object") == path + ": member \"object.npy\": dtype \"|O\"" + takes);
  CHECK(says("fields") == path + ": member \"fields.npy\": dtype \"[('a', '<i4'), ('b[', '<f8', (2,))]\"" + takes);
  CHECK(says("README.txt") == path + ": member \"README.txt\" is no .npy");
  CHECK(says() == says("text"));  // all arrays, without their names: one is not left out in silence
  CHECK(says("y") == path +
                         ": there is no array \"y\"; there are \"text\", \"object\", \"complex\", \"fields\", \"x\", "
                         "\"2024\", \"README.txt\"");
}

TEST_CASE("tensors are saved under names") {
  const Folder folder;
  const std::string path = (folder.path / "x.npz").string();
  const std::vector<std::pair<std::string, Tensor>> arrays{{"w", {{1, 2}}}, {"名/b", {3}}};
  save_npz_named(path, arrays);
  CHECK(load_npz_named(path) == arrays);
  CHECK(load_npz(path, "名/b") == Tensor{3});
  CHECK(thrown_by<ValueError>([&] {
          save_npz_named(path, {{"w", {1}}, {"w", {2}}});
        }) == "save_npz_named: the name \"w\" is empty, too long, or there already; it takes one for each array");
  CHECK_THROWS_AS(save_npz_named(path, {{"", {1}}}), ValueError);
  CHECK(load_npz_named(path) == arrays);
}

TEST_CASE("a file that cannot be opened is named") {
  CHECK(thrown_by<DataError>([] { load_npy("/none/x.npy"); }) ==
        "/none/x.npy: cannot be read (No such file or directory); is this the right path?");
  CHECK(thrown_by<DataError>([] { load_npz("/none/x.npz"); }) ==
        "/none/x.npz: cannot be read (No such file or directory); is this the right path?");
}
