#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <xgrad/core/tensor.hpp>
#include <xgrad/data/part.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// Images kept as bytes, 0 to 255, with one label each.
struct LabelledImages {
  Shape shape;                       // (n, 28, 28)
  std::vector<std::uint8_t> pixels;  // row-major
  std::vector<std::uint8_t> labels;  // n of them

  /// The first `n` images with their labels, x_train[:n]; all if there are fewer.
  LabelledImages head(std::size_t n) const;
};

/// Images as rows of pixels scaled to 0..1, (n, rows columns): images.reshape(n, -1) / 255. Throws ShapeError if the
/// shape is not that of the pixels.
Tensor to_tensor(const LabelledImages& images);

/// Labels, (n,).
Tensor to_tensor(const std::vector<std::uint8_t>& labels);

/// Loads a split, "train" or "t10k", of MNIST or a data set in its form (Fashion-MNIST, KMNIST), from the files
/// <split>-images-idx3-ubyte and <split>-labels-idx1-ubyte in a folder. A dot may stand for the hyphen before "idx",
/// and .gz may follow; a plain file goes before a .gz.
/// A part is read alone, as read_idx() does.
/// Throws DataError if a file is missing or damaged, if there are no images, images that are not 28 by 28, or not one
/// label for each; ValueError if the split is unknown or a label is not less than the number of classes.
LabelledImages load_mnist(const std::string& folder, const std::string& split, std::size_t classes = 10,
                          const Part& part = {});

}  // namespace xgrad::inline XGRAD_PRECISION
