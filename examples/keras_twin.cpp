// keras_twin.py line by line; the folder "mnist" is to hold the four files.
#include <xgrad/xgrad.hpp>
using namespace xgrad;

int main() {
  const LabelledImages train = load_mnist("mnist", "train"), test = load_mnist("mnist", "t10k");

  Sequential model{
      Dense(10, "relu"),
      Dense(10, "relu"),
      Dense(10, "softmax"),
  };
  model.compile("adam", "sparse_categorical_crossentropy", {"accuracy"});
  model.fit(train, {.epochs = 5});
  model.evaluate(test);
}
