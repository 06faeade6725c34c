#include <xgrad/data/mnist.hpp>

#include <algorithm>
#include <filesystem>
#include <utility>

#include <xgrad/core/error.hpp>
#include <xgrad/data/idx.hpp>

namespace xgrad::inline XGRAD_PRECISION {

namespace {

std::string file_in(const std::filesystem::path& folder, const std::string& stem, const std::string& format) {
  std::string tried;
  for (const std::string ending : {"", ".gz"}) {
    for (const std::string separator : {"-", "."}) {
      const std::string name = stem + separator + format + ending;
      std::error_code ignored;  // some archives unpack to folders of these names: they are not what we look for
      if (std::filesystem::is_regular_file(folder / name, ignored)) return (folder / name).string();
      tried += (tried.empty() ? "" : ", ") + name;
    }
  }
  throw DataError(text("load_mnist: no file in ", folder.string(), " is called ", tried,
                       "; fetch MNIST into this folder, or name the one that has it"));
}

}  // namespace

LabelledImages LabelledImages::head(std::size_t n) const {
  n = std::min(n, labels.size());
  LabelledImages first{shape, {}, {labels.begin(), labels.begin() + static_cast<std::ptrdiff_t>(n)}};
  require(!shape.empty() && pixels.size() == element_count(shape) && shape[0] == labels.size(), "head: ", pixels.size(),
          " pixels and ", labels.size(), " labels for images of shape ", shape);
  first.shape[0] = n;
  const std::size_t bytes = element_count(first.shape);
  first.pixels.assign(pixels.begin(), pixels.begin() + static_cast<std::ptrdiff_t>(bytes));
  return first;
}

Tensor to_tensor(const LabelledImages& images) {
  const std::size_t n = images.labels.size(), size = images.pixels.size();
  require(images.shape.size() == 3 && images.shape[0] == n && size == element_count(images.shape), "to_tensor: ", size,
          " pixels and ", n, " labels for images of shape ", images.shape);
  Tensor x(Shape{n, images.shape[1] * images.shape[2]});
  std::transform(images.pixels.begin(), images.pixels.end(), x.begin(),
                 [](std::uint8_t pixel) { return static_cast<Real>(pixel) * (Real{1} / 255); });
  return x;
}

Tensor to_tensor(const std::vector<std::uint8_t>& labels) {
  Tensor y(Shape{labels.size()});
  std::copy(labels.begin(), labels.end(), y.begin());
  return y;
}

LabelledImages load_mnist(const std::string& folder, const std::string& split, std::size_t classes, const Part& part) {
  require<ValueError>(split == "train" || split == "t10k", "load_mnist: unknown split '", split,
                      "'; it takes 'train' or 't10k'");
  const std::string images_path = file_in(folder, split + "-images", "idx3-ubyte");
  const std::string labels_path = file_in(folder, split + "-labels", "idx1-ubyte");
  Idx images = read_idx(images_path, 3, part);
  Idx labels = read_idx(labels_path, 1, part);

  const std::size_t n = images.shape[0];
  require<DataError>(n == labels.shape[0], "load_mnist: ", n, " images in ", images_path, " but ", labels.shape[0],
                     " labels in ", labels_path, "; fetch both again");
  require<DataError>(n > 0 && images.shape[1] == 28 && images.shape[2] == 28, "load_mnist: images of shape ",
                     images.shape, " in ", images_path, "; expected (n, 28, 28) with n at least 1");
  for (std::size_t i = 0; i < n; ++i)
    require<ValueError>(labels.bytes[i] < classes, "load_mnist: sample ", i, " has label ", +labels.bytes[i], " in ",
                        labels_path, "; the labels of ", classes, " classes are less than ", classes);
  return {std::move(images.shape), std::move(images.bytes), std::move(labels.bytes)};
}

}  // namespace xgrad::inline XGRAD_PRECISION
