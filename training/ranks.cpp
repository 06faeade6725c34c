#include <xgrad/training/detail/ranks.hpp>

#include <algorithm>

#include <xgrad/training/detail/bytes.hpp>

// What ranks say to each other beside gradients.

namespace xgrad::inline XGRAD_PRECISION {

std::string error_bytes(const std::exception_ptr& error) {
  if (!error) return "";
  try {
    std::rethrow_exception(error);
  } catch (const ShapeError& e) {
    return std::string("S") + e.what();
  } catch (const TapeError& e) {
    return std::string("T") + e.what();
  } catch (const DataError& e) {
    return std::string("D") + e.what();
  } catch (const ValueError& e) {
    return std::string("V") + e.what();
  } catch (const std::exception& e) {
    return std::string("E") + e.what();
  } catch (...) {
    return "Ean exception of a type that is not std::exception";
  }
}

void throw_first(const std::vector<std::string>& errors) {
  for (std::size_t rank = 0; rank < errors.size(); ++rank) {
    if (errors[rank].empty()) continue;
    const std::string what = text("rank ", rank, ": ", errors[rank].substr(1));
    switch (errors[rank][0]) {
      case 'S':
        throw ShapeError(what);
      case 'T':
        throw TapeError(what);
      case 'D':
        throw DataError(what);
      case 'V':
        throw ValueError(what);
      default:
        throw Error(what);
    }
  }
}

std::string packed(const std::vector<std::string>& texts) {
  std::string bytes;
  for (const std::string& each : texts) put_text(bytes, each);
  return bytes;
}

std::vector<std::string> unpacked(std::string_view bytes) {
  std::vector<std::string> texts;
  while (!bytes.empty()) texts.push_back(take_text(bytes));
  return texts;
}

std::string bytes_of(const std::vector<double>& numbers) {
  return {reinterpret_cast<const char*>(numbers.data()), numbers.size() * sizeof(double)};
}

std::vector<double> doubles_of(std::string_view bytes) {
  std::vector<double> numbers(bytes.size() / sizeof(double));
  std::copy_n(bytes.data(), numbers.size() * sizeof(double), reinterpret_cast<char*>(numbers.data()));
  return numbers;
}

std::string bytes_of(const Logs& logs) {
  std::string bytes;
  for (const auto& [name, number] : logs) put_text(bytes, name), put(bytes, number);
  return bytes;
}

Logs logs_of(std::string_view bytes) {
  Logs logs;
  while (!bytes.empty()) {
    const std::string name = take_text(bytes);
    logs[name] = take<double>(bytes);
  }
  return logs;
}

void require_same(Communicator& ranks, const Facts& facts) {
  std::string mine;
  for (const auto& [name, value] : facts) put_text(mine, name), put_text(mine, value);
  const std::vector<std::string> all = ranks.gather("what ranks have in common", mine, true);
  for (std::size_t rank = 1; rank < all.size(); ++rank) {
    std::string_view its = all[rank], first = all[0];
    while (!its.empty() && !first.empty()) {
      const std::string name = take_text(its), value = take_text(its), name_0 = take_text(first),
                        value_0 = take_text(first);
      require<ValueError>(name == name_0 && value == value_0, "fit: ranks differ: rank ", rank, " has ", name, ' ',
                          value, ", rank 0 ", name == name_0 ? "" : name_0 + " ", value_0);
    }
  }
}

}  // namespace xgrad::inline XGRAD_PRECISION
