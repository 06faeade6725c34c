#include <xgrad/teach/race.hpp>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <nlohmann/json.hpp>

#include <xgrad/autograd/ops/ops.hpp>
#include <xgrad/autograd/tape.hpp>
#include <xgrad/data/file.hpp>
#include <xgrad/teach/detail/page.hpp>

// The pictures of a race. The page draws its lines in the browser, up to the step that its slider is at.

namespace xgrad::inline XGRAD_PRECISION {

namespace {

constexpr std::size_t cells = 80;
constexpr double width = 480, height = 480;
constexpr std::array colours{"#d62728", "#1f77b4", "#17becf", "#9467bd", "#8c564b", "#2ca02c", "#ff7f0e", "#111111"};

std::string as_text(const std::string& name) {
  std::string result;
  for (const char c : name) c == '&' ? result += "&amp;" : c == '<' ? result += "&lt;" : result += c;
  return result;
}

double to_pixel(double value, double from, double to, double size) { return (value - from) / (to - from) * size; }
double rounded(double x) { return std::round(10 * x) / 10; }

// A number of five digits, as many as the page shows.
double short_number(double x) {
  char digits[32];
  double result = 0;
  const auto written = std::to_chars(digits, digits + sizeof digits, x, std::chars_format::general, 5);
  std::from_chars(digits, written.ptr, result);
  return result;
}

// log f in the middle of each cell, from 0, the least, to 255; rows from the top.
std::vector<int> levels(const Surface& surface) {
  const auto [x0, x1, y0, y1] = surface.window;
  Tensor x(Shape{cells * cells}), y(Shape{cells * cells});
  for (std::size_t i = 0; i < x.size(); ++i) {
    x(i) = static_cast<Real>(x0 + (x1 - x0) * (static_cast<double>(i % cells) + 0.5) / cells);
    y(i) = static_cast<Real>(y1 - (y1 - y0) * (static_cast<double>(i / cells) + 0.5) / cells);
  }
  Tape tape;
  const Var at_x = tape.constant(x), at_y = tape.constant(y);
  const Tensor f = surface.f(at_x, at_y).value();
  std::vector<double> logs;
  // what is not finite is as high as a number can be
  for (const Real value : f) logs.push_back(std::log(std::isfinite(value) ? std::max<double>(value, 1e-3) : 1e300));
  const auto [least, most] = std::minmax_element(logs.begin(), logs.end());
  std::vector<int> result;
  for (const double log : logs)
    result.push_back(static_cast<int>(255 * (log - *least) / std::max(*most - *least, 1e-9)));
  return result;
}

std::string cells_of(const Surface& surface) {
  std::string result;
  const std::vector<int> all = levels(surface);
  constexpr double w = width / cells, h = height / cells;
  for (std::size_t i = 0; i < all.size(); ++i) {
    const int light = 60 + all[i] * 180 / 255;
    // a little larger than its place, so that no seam shows between neighbours
    result += text("<rect x=\"", static_cast<double>(i % cells) * w, "\" y=\"", static_cast<double>(i / cells) * h,
                   "\" width=\"", w + 0.3, "\" height=\"", h + 0.3, "\" fill=\"rgb(", light - 30, ",", light, ",",
                   std::min(255, light + 25), ")\"/>\n");
  }
  return result;
}

std::array<double, 2> pixel(const Surface& surface, const std::array<double, 3>& point) {
  const auto [x0, x1, y0, y1] = surface.window;
  const auto near = [](double x) { return std::clamp(x, -width, 2 * width); };  // what leaves the picture
  return {rounded(near(to_pixel(point[0], x0, x1, width))), rounded(near(height - to_pixel(point[1], y0, y1, height)))};
}

}  // namespace

std::string race_svg(const Surface& surface, const std::vector<Track>& tracks) {
  const double full = height + 30 + 20 * static_cast<double>(tracks.size());
  std::string svg = text("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 ", width, " ", full,
                         "\" font-family=\"sans-serif\" font-size=\"13\">\n<title>", as_text(surface.name),
                         "</title>\n<rect width=\"", width, "\" height=\"", full, "\" fill=\"white\"/>\n<svg width=\"",
                         width, "\" height=\"", height, "\">\n");
  svg += cells_of(surface);
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    svg += text("<polyline fill=\"none\" stroke=\"", colours[k % colours.size()], "\" stroke-width=\"2\" points=\"");
    std::array<double, 2> before{std::numeric_limits<double>::quiet_NaN(), 0};
    for (const auto& point : tracks[k].points)
      if (const auto now = pixel(surface, point); now != before) svg += text(now[0], ",", now[1], " "), before = now;
    svg += "\"/>\n";
  }
  for (const auto& [x, y] : surface.minima) {
    const auto at = pixel(surface, {x, y, 0});
    svg += text("<circle cx=\"", at[0], "\" cy=\"", at[1],
                "\" r=\"5\" fill=\"none\" stroke=\"white\" stroke-width=\"2\"/>\n");
  }
  svg += "</svg>\n";
  for (std::size_t k = 0; k < tracks.size(); ++k) {
    const double y = height + 30 + 20 * static_cast<double>(k);
    svg += text("<rect x=\"10\" y=\"", y - 10, "\" width=\"14\" height=\"10\" fill=\"", colours[k % colours.size()],
                "\"/>\n<text x=\"32\" y=\"", y, "\">", as_text(tracks[k].name));
    if (!tracks[k].points.empty()) {
      const auto& [end_x, end_y, f] = tracks[k].points.back();
      svg += text("</text>\n<text x=\"130\" y=\"", y, "\">", tracks[k].points.size() - 1, ": (",
                  static_cast<float>(end_x), ", ", static_cast<float>(end_y), "), f = ", static_cast<float>(f));
    }
    svg += "</text>\n";
  }
  return svg + "</svg>\n";
}

void write_race_html(const std::string& path, const std::vector<std::pair<Surface, std::vector<Track>>>& races) {
  using Json = nlohmann::ordered_json;
  Json all = Json::array();
  for (const auto& [surface, tracks] : races) {
    Json its = Json::array();
    for (std::size_t k = 0; k < tracks.size(); ++k) {
      Json points = Json::array();
      for (const auto& [x, y, f] : tracks[k].points)
        points.push_back({short_number(x), short_number(y), short_number(f)});
      its.push_back({{"name", tracks[k].name}, {"colour", colours[k % colours.size()]}, {"points", std::move(points)}});
    }
    Json minima = Json::array();
    for (const auto& m : surface.minima) minima.push_back(m);
    all.push_back({{"name", surface.name},
                   {"window", surface.window},
                   {"minima", minima},
                   {"cells", cells},
                   {"levels", levels(surface)},
                   {"tracks", std::move(its)}});
  }
  write_file(path, page("race.html", all.dump(-1, ' ', false, Json::error_handler_t::replace)));
}

}  // namespace xgrad::inline XGRAD_PRECISION
