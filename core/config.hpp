#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <xgrad/core/error.hpp>

namespace xgrad::inline XGRAD_PRECISION {

// How one option is written as text, and read back. Types of other folders add a pair of their own. read_option throws
// ValueError for a text that is no such value.
std::string option_text(bool value);
std::string option_text(std::int64_t value);
std::string option_text(std::size_t value);
std::string option_text(double value);  ///< in the fewest digits from which the same number is read
std::string option_text(const std::string& value);
std::string option_text(const Shape& value);  ///< this and the lists with commas between their entries: "2,3"
std::string option_text(const std::vector<std::int64_t>& value);
std::string option_text(const std::vector<double>& value);
std::string option_text(const std::vector<std::size_t>& value);
std::string option_text(const std::vector<std::string>& value);
std::string option_text(const std::optional<double>& value);  ///< "none" if there is none
void read_option(const std::string& text, bool& value);
void read_option(const std::string& text, std::int64_t& value);
void read_option(const std::string& text, std::size_t& value);
void read_option(const std::string& text, double& value);
void read_option(const std::string& text, std::string& value);
void read_option(const std::string& text, Shape& value);
void read_option(const std::string& text, std::vector<std::int64_t>& value);
void read_option(const std::string& text, std::vector<double>& value);
void read_option(const std::string& text, std::vector<std::size_t>& value);
void read_option(const std::string& text, std::vector<std::string>& value);
void read_option(const std::string& text, std::optional<double>& value);

/// The options of a layer, a rule or a loss as text by name, for files. One function serves to write them and to read
/// them:
///   void config(Config& options) { options("units", units_)("use_bias", use_bias_); }
class Config {
 public:
  /// To be written to.
  Config() = default;

  /// To be read from.
  explicit Config(std::map<std::string, std::string> values) : values_(std::move(values)), reading_(true) {}

  /// Writes the option, or reads it. Throws ValueError naming it if there is none to read, or it is no such value.
  template <class T>
  Config& operator()(const std::string& name, T& value) {
    if (reading_) {
      const std::string& given = at(name);
      try {
        read_option(given, value);
      } catch (const ValueError& error) {
        throw ValueError("option \"" + name + "\": " + error.what());
      }
    } else {
      write(name, option_text(value));
    }
    return *this;
  }

  bool reading() const { return reading_; }
  const std::map<std::string, std::string>& values() const { return values_; }

 private:
  const std::string& at(const std::string& name) const;
  void write(const std::string& name, std::string text);

  std::map<std::string, std::string> values_;
  bool reading_ = false;
};

}  // namespace xgrad::inline XGRAD_PRECISION
