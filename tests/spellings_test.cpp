// Every text by which Keras knows an initializer or a regularizer, as keras/spellings.json has them from Keras itself.

#include <fstream>

#include <xgrad/nn/parts/initializers.hpp>
#include <xgrad/nn/parts/regularizers.hpp>

#include "options.hpp"

using namespace xgrad;

namespace {

template <class Named>
void check_spellings(const char* what) {
  const Json file = Json::parse(std::ifstream(XGRAD_TEST_DATA "/keras/spellings.json"));
  CHECK(file.at(what).size() > 5);
  for (const auto& row : file.at(what).items()) {
    CAPTURE(row.key());
    const Json ours = options_of(Named(row.key())), &keras = row.value().at("options");
    for (const auto& option : ours.items()) {
      CAPTURE(option.key());
      if (option.key() != "name" && keras.contains(option.key())) CHECK(option.value() == keras.at(option.key()));
    }
  }
}

}  // namespace

TEST_CASE("initializers and regularizers have all of Keras's names, with Keras's defaults") {
  check_spellings<Initializer>("initializers");
  check_spellings<Regularizer>("regularizers");
}
