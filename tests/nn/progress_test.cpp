#include <xgrad/training/progress.hpp>

#include <sstream>

#include "support.hpp"

using namespace xgrad;

TEST_CASE("piped, an epoch's progress is one plain line in Keras's form") {
  std::ostringstream out;
  Progress progress(out, 1875, Progress::still_bar);
  progress.update(1, [] { return Logs{{"accuracy", 0.5}, {"loss", 2}}; });
  CHECK(out.str() == "");
  progress.finish({{"accuracy", 0.8185}, {"loss", 0.0005985}});
  const std::string line = out.str();
  CHECK(line.find("1875/1875 ━━━━━━━━━━━━━━━━━━━━ 0s ") == 0);
  CHECK(line.find("us/step - accuracy: 0.8185 - loss: 5.9850e-04\n") != std::string::npos);
  CHECK(line.find('\r') == std::string::npos);
  CHECK(line.find('\033') == std::string::npos);
}

TEST_CASE("on a terminal the line is drawn again in place") {
  std::ostringstream out;
  Progress progress(out, 200, Progress::live_bar);
  progress.update(50, [] { return Logs{{"loss", 2}}; });
  progress.update(51, [] { return Logs{{"loss", 1}}; });  // too soon to be drawn
  CHECK(out.str().find("\r\033[K 50/200 \033[32m━━━━━\033[37m━━━━━━━━━━━━━━━\033[0m 0s ") == 0);
  CHECK(out.str().find("51/200") == std::string::npos);
  progress.finish({{"loss", 1}});
  CHECK(out.str().find("\r\033[K200/200 \033[32m━━━━━━━━━━━━━━━━━━━━\033[0m 0s ") != std::string::npos);
  CHECK(out.str().back() == '\n');
}

TEST_CASE("a plain line has no bar") {
  std::ostringstream out;
  Progress progress(out, 3, Progress::plain);
  progress.finish({{"accuracy", 0.1467}, {"loss", 2.4039}});
  CHECK(out.str().find("3/3 - 0s - ") == 0);
  CHECK(out.str().find("us/step - accuracy: 0.1467 - loss: 2.4039\n") != std::string::npos);
}
