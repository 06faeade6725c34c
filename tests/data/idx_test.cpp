#include <doctest/doctest.h>

#include <map>
#include <nlohmann/json.hpp>

#include <xgrad/data/idx.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

const Bytes cubes = from_hex("00000803 00000002 00000002 00000002 0001020304050607");
const Bytes cubes_gzip = from_hex("1f8b08000000000002036360e06066606060826346266616563676003fd4821618000000");
const Bytes digits_0_to_7 = {0, 1, 2, 3, 4, 5, 6, 7};

// What read_idx says of a file, after its path and a colon; "nothing" if it takes the file.
std::string complaint(const std::string& path, std::size_t rank) {
  const std::string what = thrown_by<DataError>([&] { read_idx(path, rank); });
  return what.starts_with(path + ": ") ? what.substr(path.size() + 2) : what;
}

}  // namespace

TEST_CASE("an IDX file is its shape and its bytes, plain or gzip") {
  const Folder folder;
  for (const Bytes& file : {cubes, cubes_gzip}) {
    const Idx images = read_idx(folder.write("images", file), 3);
    CHECK(images.shape == Shape{2, 2, 2});
    CHECK(images.bytes == digits_0_to_7);
  }
  const Idx labels = read_idx(folder.write("labels", from_hex("00000801 00000002 0309")), 1);
  CHECK(labels.shape == Shape{2});
  CHECK(labels.bytes == Bytes{3, 9});
}

TEST_CASE("every bad file is refused for what is wrong with it, and the sound ones are read") {
  const std::string wrong_file = "; images have rank 3 and labels rank 1: is it the right file?";
  const std::map<std::string, std::string> complaints = {
      {"empty file", "ends at byte 0, within its header of 16 bytes; fetch it again"},
      {"3 bytes", "ends at byte 3, within its header of 16 bytes; fetch it again"},
      {"header cut", "ends at byte 10, within its header of 16 bytes; fetch it again"},
      {"one byte short", "its header says (2, 2, 2), so expected 24 bytes, found 23; fetch it again"},
      {"one byte long", "its header says (2, 2, 2), so expected 24 bytes, found 25; fetch it again"},
      {"labels magic as images", "rank 1 at offset 3, expected 3" + wrong_file},
      {"magic little-endian", "not IDX and not gzip (starts with '\\x03\\x08\\x00\\x00'); fetch it again"},
      {"first byte not 0", "not IDX and not gzip (starts with '\\x01\\x00\\x08\\x03'); fetch it again"},
      {"unknown type 0x07", "element type 7 at offset 2, expected 8, unsigned bytes; is it the right file?"},
      {"rank 0", "rank 0 at offset 3, expected 3" + wrong_file},
      {"rank 255", "rank 255 at offset 3, expected 3" + wrong_file},
      {"dims overflow 2^32*2^32*..",
       "its header says (4294967295, 4294967295, 4294967295), more bytes than 64 bits can count; fetch it again"},
      {"dims 4 GiB, file 16 B",
       "its header says (16777215, 16, 16), so expected 4294967056 bytes, found 16; fetch it again"},
      {"product wraps to 0 in 32 bits",
       "its header says (65536, 65536, 1), so expected 4294967312 bytes, found 16; fetch it again"},
      {"gz truncated", "gzip cut short at byte 30; fetch it again"},
      {"gz wrong crc", "corrupt gzip before byte 32 (incorrect data check); fetch it again"},
      {"gz then garbage", "corrupt gzip before byte 38 (incorrect header check); fetch it again"},
      {"gz bomb (header says 8 bytes, stream expands to 1 MiB)",
       "its header says (2, 2, 2), so expected 24 bytes, found more; fetch it again"},
      {"html error page", "not IDX and not gzip (starts with '<!DO'); fetch it again"}};

  const Folder folder;
  const auto file = nlohmann::json::parse(std::ifstream(XGRAD_TEST_DATA "/idx_bad_files.json"));
  for (const auto& c : file.at("cases")) {
    const std::string name = c.at("name"), verdict = c.at("expect");
    CAPTURE(name);
    const bool labels = name == "labels 2" || name == "label 10" || name == "label 255";
    // Sound as IDX, refused as MNIST: see mnist_test.cpp.
    const bool sound = verdict.starts_with("load") || name == "zero rows" || name == "label 10" || name == "label 255";
    CHECK(complaint(folder.write("x", from_hex(c.at("hex"))), labels ? 1 : 3) ==
          (sound ? "nothing" : complaints.at(name)));
  }
}

TEST_CASE("a file cut anywhere is refused") {
  const Folder folder;
  for (const Bytes& whole : {cubes, cubes_gzip})
    for (std::size_t n = 0; n < whole.size(); ++n)
      CHECK_THROWS_AS(read_idx(folder.write("x", Bytes(whole.begin(), whole.begin() + n)), 3), DataError);
}

TEST_CASE("a file with a flipped bit in its header is refused") {
  const Folder folder;
  for (std::size_t bit = 0; bit < 8 * 16; ++bit) {
    Bytes file = cubes;
    file[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    CAPTURE(bit);
    CHECK_THROWS_AS(read_idx(folder.write("x", file), 3), DataError);
  }
}

TEST_CASE("no flipped bit of a gzip file gets into the data") {
  const Folder folder;
  int refused = 0;
  for (std::size_t bit = 0; bit < 8 * cubes_gzip.size(); ++bit) {
    Bytes file = cubes_gzip;
    file[bit / 8] ^= static_cast<std::uint8_t>(1 << bit % 8);
    const std::string path = folder.write("x", file);
    CAPTURE(bit);
    if (complaint(path, 3) == "nothing")
      CHECK(read_idx(path, 3).bytes == digits_0_to_7);
    else
      ++refused;
  }
  CHECK(refused == 237);  // the other 51: 32 of the time, 8 of the system, 9 hints about the content, 2 of padding
}

TEST_CASE("joined gzip members are one file, of any length") {
  const Folder folder;
  Bytes data(200'000);
  for (std::size_t k = 0; k < data.size(); ++k) data[k] = static_cast<std::uint8_t>(k * k % 251);
  folder.add_gzip("x", from_hex("00000801 00030d40"));  // 0x30d40 = 200000
  folder.add_gzip("x", Bytes(data.begin(), data.begin() + 70'000));
  const std::string path = folder.add_gzip("x", Bytes(data.begin() + 70'000, data.end()));
  CHECK(read_idx(path, 1).bytes == data);

  folder.add_gzip("x", {0});
  CHECK(complaint(path, 1) == "its header says (200000,), so expected 200008 bytes, found more; fetch it again");
}

TEST_CASE("a zlib stream is no member of a gzip file") {
  const Folder folder;
  Bytes file = cubes_gzip;
  for (const std::uint8_t byte : from_hex("789c030000000001")) file.push_back(byte);
  CHECK(complaint(folder.write("x", file), 3) ==
        "corrupt gzip before byte 38 (incorrect header check); fetch it again");
}

TEST_CASE("black images may shrink a thousandfold") {
  const Folder folder;
  Bytes file = from_hex("00000801 003d0900");  // 0x3d0900 = 4000000
  file.resize(8 + 4'000'000);
  const std::string path = folder.add_gzip("x", file);
  CHECK(std::filesystem::file_size(path) < 4'000);
  CHECK(read_idx(path, 1).bytes == Bytes(4'000'000));
}

TEST_CASE("a header that promises 2^60 bytes is not believed") {
  const Folder folder;
  const Bytes header = from_hex("00000803 00100000 00100000 00100000");
  for (const std::string& path : {folder.write("plain", header), folder.add_gzip("gzip", header)})
    CHECK(complaint(path, 3) ==
          "its header says (1048576, 1048576, 1048576), so expected 1152921504606846992 bytes, found 16; "
          "fetch it again");
}

TEST_CASE("a gzip file that inflates to less than its header says is refused") {
  const Folder folder;
  CHECK(complaint(folder.add_gzip("x", Bytes(cubes.begin(), cubes.end() - 1)), 3) ==
        "its header says (2, 2, 2), so expected 24 bytes, found 23; fetch it again");
}

TEST_CASE("a web page is not IDX, saved as .gz or compressed") {
  const Folder folder;
  const Bytes page = from_hex("3c21444f43545950452068746d6c3e");  // <!DOCTYPE html>
  CHECK(complaint(folder.write("x.gz", page), 3) == "not IDX and not gzip (starts with '<!DO'); fetch it again");
  CHECK(complaint(folder.add_gzip("y.gz", page), 3) == "not IDX in its gzip (starts with '<!DO'); fetch it again");
}

TEST_CASE("a path without a file at its end is refused") {
  const Folder folder;
  CHECK(complaint((folder.path / "x").string(), 3) ==
        "cannot be read (No such file or directory); is this the right path?");
  CHECK(complaint(folder.path.string(), 3) == "cannot be read (Is a directory); is this the right path?");
}
