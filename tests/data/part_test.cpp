// Parts of IDX and .npy files: the rows that Shards gives a rank, and no others.

#include <xgrad/data/part.hpp>

#include <numeric>

#include <xgrad/data/file.hpp>
#include <xgrad/data/idx.hpp>
#include <xgrad/data/mnist.hpp>
#include <xgrad/data/npy.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

// 100 images of 28 by 28 pixels; all pixels of image i are i.
Bytes hundred_images() {
  Bytes file = from_hex("00000803 00000064 0000001c 0000001c");
  for (std::uint8_t i = 0; i < 100; ++i) file.insert(file.end(), 28 * 28, i);
  return file;
}

Bytes hundred_labels() {
  Bytes file = from_hex("00000801 00000064");
  for (std::uint8_t i = 0; i < 100; ++i) file.push_back(i % 10);
  return file;
}

std::string npy_file(const std::string& descr, bool fortran, const std::string& shape, const std::string& numbers) {
  const std::string header =
      "{'descr': '" + descr + "', 'fortran_order': " + (fortran ? "True" : "False") + ", 'shape': " + shape + ", }\n";
  return std::string("\x93NUMPY\1\0", 8) + static_cast<char>(header.size()) + '\0' + header + numbers;
}

}  // namespace

TEST_CASE("a part is the rows that Shards gives") {
  CHECK(Part{}.of(5) == std::pair<std::size_t, std::size_t>(0, 5));
  CHECK(Part{}.of(0) == std::pair<std::size_t, std::size_t>(0, 0));
  CHECK(Part{.index = 1, .count = 3}.of(1000) == std::pair<std::size_t, std::size_t>(328, 656));
  CHECK(Part{.index = 1, .count = 3, .shards = 3}.of(1000) == std::pair<std::size_t, std::size_t>(333, 666));
}

TEST_CASE("parts of an IDX file, plain or gzip, have its images and labels") {
  const Folder folder;
  for (const bool gzip : {false, true}) {
    const auto write = [&](const std::string& name, const Bytes& bytes) {
      if (gzip)
        folder.add_gzip(name + ".gz", bytes);
      else
        folder.write(name, bytes);
    };
    write("train-images-idx3-ubyte", hundred_images());
    write("train-labels-idx1-ubyte", hundred_labels());
    for (const std::size_t count : {2, 3, 7, 64}) {
      std::size_t row = 0;
      for (std::size_t index = 0; index < count; ++index) {
        const LabelledImages part = load_mnist(folder.path.string(), "train", 10, {.index = index, .count = count});
        REQUIRE(part.pixels.size() == part.labels.size() * 784);
        CHECK(part.shape == Shape{part.labels.size(), 28, 28});
        for (std::size_t k = 0; k < part.labels.size(); ++k, ++row) {
          CHECK(part.labels[k] == row % 10);
          CHECK(part.pixels[k * 784] == row);
          CHECK(part.pixels[k * 784 + 783] == row);
        }
      }
      CHECK(row == 100);
    }
    std::filesystem::remove(folder.path / "train-images-idx3-ubyte");
    std::filesystem::remove(folder.path / "train-labels-idx1-ubyte");
  }
}

TEST_CASE("a part of a damaged IDX file is refused where the damage is met") {
  const Folder folder;
  Bytes cut = hundred_images();
  cut.resize(cut.size() - 1);
  const auto said = [&](const std::string& path, std::size_t index) {
    return thrown_by<DataError>([&] { read_idx(path, 3, {.index = index, .count = 2}); });
  };
  const std::string plain = folder.write("x", cut), gzip = folder.add_gzip("x.gz", cut);
  const std::string expected = ": its header says (100, 28, 28), so expected 78416 bytes, found 78415; fetch it again";
  CHECK(said(plain, 0) == plain + expected);
  CHECK(said(plain, 1) == plain + expected);
  CHECK(said(gzip, 0) == "nothing");
  CHECK(said(gzip, 1) == gzip + expected);
  CHECK(thrown_by<ValueError>([&] {
          read_idx(folder.write("x", hundred_images()), 3, {.index = 100, .count = 101, .shards = 200});
        }) == "Shards: 100 samples for 101 ranks; each takes one or more: use fewer ranks");
}

TEST_CASE("parts of a .npy file, in C or Fortran order and either byte order, are its rows") {
  const Folder folder;
  const auto write = [&](const std::string& bytes) { return folder.write("x.npy", Bytes(bytes.begin(), bytes.end())); };
  std::string rows, columns;  // of numbers 10 i + 3 j + k, (50, 3, 2), in two bytes
  const auto add = [](std::string& to, std::size_t number) {
    (to += static_cast<char>(number / 256)) += static_cast<char>(number % 256);
  };
  for (std::size_t i = 0; i < 50; ++i)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t k = 0; k < 2; ++k) add(rows, 10 * i + 3 * j + k);
  for (std::size_t k = 0; k < 2; ++k)
    for (std::size_t j = 0; j < 3; ++j)
      for (std::size_t i = 0; i < 50; ++i) add(columns, 10 * i + 3 * j + k);
  for (const std::string& file :
       {npy_file(">u2", false, "(50, 3, 2)", rows), npy_file(">u2", true, "(50, 3, 2)", columns)}) {
    const std::string path = write(file);
    for (const std::size_t count : {1, 2, 3, 50}) {
      std::size_t row = 0;
      for (std::size_t index = 0; index < count; ++index) {
        const Tensor part = load_npy(path, {.index = index, .count = count});
        REQUIRE(part.dimension() == 3);
        for (std::size_t i = 0; i < part.shape(0); ++i, ++row)
          for (std::size_t j = 0; j < 3; ++j)
            for (std::size_t k = 0; k < 2; ++k) CHECK(part(i, j, k) == 10 * row + 3 * j + k);
      }
      CHECK(row == 50);
    }
    write(file.substr(0, file.size() - 1));
    CHECK_THROWS_AS(load_npy(path, {.index = 0, .count = 2}), DataError);
  }
  CHECK(load_npy(write(npy_file("<f4", true, "(5, 0)", "")), {.index = 1, .count = 2}).shape() == Shape{3, 0});
  CHECK_THROWS_WITH_AS(load_npy(write(npy_file("<f4", false, "()", "abcd")), {.index = 1, .count = 2}),
                       doctest::Contains("has one number and no rows; it has no parts"), DataError);
  CHECK_THROWS_WITH_AS(load_npy(write(npy_file("<f4", false, "(1,)", "abcd")), {.index = 1, .count = 2}),
                       "Shards: 1 samples for 2 ranks; each takes one or more: use fewer ranks", ValueError);
  CHECK_THROWS_WITH_AS(load_npy(write("\x93NUM"), {.index = 1, .count = 2}), doctest::Contains("is not .npy"),
                       DataError);
}
