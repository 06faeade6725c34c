#include <doctest/doctest.h>

#include <xgrad/data/mnist.hpp>

#include "data/files.hpp"
#include "support.hpp"

using namespace xgrad;

namespace {

// n images whose pixels are all of one shade
Bytes images(std::size_t n, std::uint8_t shade = 0) {
  Bytes file = from_hex("00000803 00000000 0000001c 0000001c");
  file[7] = static_cast<std::uint8_t>(n);
  file.resize(16 + n * 28 * 28, shade);
  return file;
}

const Bytes labels_3_and_9 = from_hex("00000801 00000002 0309");

}  // namespace

TEST_CASE("MNIST is found under each spelling of its names") {
  for (const std::string separator : {"-", "."})
    for (const bool gzip : {false, true}) {
      const Folder folder;
      const auto add = [&](const std::string& name, const Bytes& bytes) {
        gzip ? folder.add_gzip(name + ".gz", bytes) : folder.write(name, bytes);
      };
      add("train-images" + separator + "idx3-ubyte", images(2, 7));
      add("train-labels" + separator + "idx1-ubyte", labels_3_and_9);
      const LabelledImages train = load_mnist(folder.path, "train");
      CHECK(train.shape == Shape{2, 28, 28});
      CHECK(train.pixels == Bytes(2 * 28 * 28, 7));
      CHECK(train.labels == Bytes{3, 9});
    }
}

TEST_CASE("a plain file goes before a compressed one, and a folder of its name does not count") {
  const Folder folder;
  std::filesystem::create_directory(folder.path / "t10k-images-idx3-ubyte");
  folder.write("t10k-images.idx3-ubyte", images(2, 1));
  folder.add_gzip("t10k-images-idx3-ubyte.gz", images(2, 2));
  folder.write("t10k-labels-idx1-ubyte", labels_3_and_9);
  CHECK(load_mnist(folder.path, "t10k").pixels[0] == 1);
}

TEST_CASE("a missing file is an error that lists every name tried") {
  const Folder folder;
  const std::string advice = "; fetch MNIST into this folder, or name the one that has it";
  const std::string none = (folder.path / "none").string();
  CHECK(thrown_by<DataError>([&] { load_mnist(none, "t10k"); }) ==
        "load_mnist: no file in " + none + " is called t10k-images-idx3-ubyte, t10k-images.idx3-ubyte, " +
            "t10k-images-idx3-ubyte.gz, t10k-images.idx3-ubyte.gz" + advice);
  folder.write("train-images-idx3-ubyte", images(2));
  CHECK(thrown_by<DataError>([&] { load_mnist(folder.path, "train"); }) ==
        "load_mnist: no file in " + folder.path.string() + " is called train-labels-idx1-ubyte, " +
            "train-labels.idx1-ubyte, train-labels-idx1-ubyte.gz, train-labels.idx1-ubyte.gz" + advice);
}

TEST_CASE("an unknown split is an error that lists the known ones") {
  CHECK(thrown_by<ValueError>([] { load_mnist("", "test"); }) ==
        "load_mnist: unknown split 'test'; it takes 'train' or 't10k'");
}

TEST_CASE("images and labels that do not go together are refused") {
  const Folder folder;
  const std::string images_path = folder.write("train-images-idx3-ubyte", images(2));
  const std::string labels_path = folder.write("train-labels-idx1-ubyte", labels_3_and_9);
  const auto load = [&] { load_mnist(folder.path, "train"); };
  CHECK_NOTHROW(load());

  SUBCASE("a label is not one of the classes") {
    CHECK(thrown_by<ValueError>([&] { load_mnist(folder.path, "train", 9); }) ==
          "load_mnist: sample 1 has label 9 in " + labels_path + "; the labels of 9 classes are less than 9");
    folder.write("train-labels-idx1-ubyte", from_hex("00000801 00000002 ff00"));
    CHECK(thrown_by<ValueError>(load) ==
          "load_mnist: sample 0 has label 255 in " + labels_path + "; the labels of 10 classes are less than 10");
  }
  SUBCASE("an image has no label, or a label no image") {
    for (const std::size_t n : {3, 1}) {
      folder.write("train-images-idx3-ubyte", images(n));
      CHECK(thrown_by<DataError>(load) == "load_mnist: " + std::to_string(n) + " images in " + images_path +
                                              " but 2 labels in " + labels_path + "; fetch both again");
    }
  }
  SUBCASE("the images have no rows or no columns") {
    const std::string advice = " in " + images_path + "; expected (n, 28, 28) with n at least 1";
    folder.write("train-images-idx3-ubyte", from_hex("00000803 00000002 00000000 0000001c"));
    CHECK(thrown_by<DataError>(load) == "load_mnist: images of shape (2, 0, 28)" + advice);
    folder.write("train-images-idx3-ubyte", from_hex("00000803 00000002 0000001c 00000000"));
    CHECK(thrown_by<DataError>(load) == "load_mnist: images of shape (2, 28, 0)" + advice);
  }
  SUBCASE("there are no images") {
    folder.write("train-images-idx3-ubyte", images(0));
    folder.write("train-labels-idx1-ubyte", from_hex("00000801 00000000"));
    CHECK(thrown_by<DataError>(load) ==
          "load_mnist: images of shape (0, 28, 28) in " + images_path + "; expected (n, 28, 28) with n at least 1");
  }
}

TEST_CASE("images become rows of pixels, and the first of them are images") {
  const LabelledImages all{{3, 1, 2}, {0, 51, 102, 153, 204, 255}, {7, 8, 9}};
  CHECK(to_tensor(all).shape() == Shape{3, 2});
  check_close(to_tensor(all), Tensor{{0, Real(0.2)}, {Real(0.4), Real(0.6)}, {Real(0.8), 1}}, 1e-6);
  CHECK(to_tensor(all.labels) == Tensor{7, 8, 9});
  const LabelledImages two = all.head(2);
  CHECK(two.shape == Shape{2, 1, 2});
  CHECK(two.pixels == Bytes{0, 51, 102, 153});
  CHECK(two.labels == Bytes{7, 8});
  CHECK(all.head(9).labels == all.labels);
  CHECK(all.head(0).pixels.empty());
  const LabelledImages torn{{3, 1, 2}, {0, 1}, {7, 8, 9}};
  CHECK(thrown_by<ShapeError>([&] { torn.head(1); }) == "head: 2 pixels and 3 labels for images of shape (3, 1, 2)");
  CHECK(thrown_by<ShapeError>([&] { to_tensor(torn); }) ==
        "to_tensor: 2 pixels and 3 labels for images of shape (3, 1, 2)");
}
