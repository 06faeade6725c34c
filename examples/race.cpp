// Optimizers on four functions of two numbers: prints where each ends, and writes race-*.svg and race.html.

#include <fstream>
#include <iostream>
#include <xgrad/teach/race.hpp>

using namespace xgrad;

int main() {
  std::vector<std::pair<Surface, std::vector<Track>>> races;
  for (const Surface& surface : {rosenbrock(), beale(), himmelblau(), ravine()}) {
    races.emplace_back(surface, race(surface, runners(), 2000));
    std::cout << surface.name << '\n';
    for (const Track& track : races.back().second) {
      const auto& [x, y, f] = track.points.back();
      std::cout << "  " << track.name << ": (" << x << ", " << y << "), f = " << f << '\n';
    }
    std::ofstream("race-" + std::to_string(races.size()) + ".svg") << race_svg(surface, races.back().second);
  }
  write_race_html("race.html", races);
}
