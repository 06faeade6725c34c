#pragma once

// Optimizers side by side on functions of two numbers, as a picture and as a page.

#include <array>
#include <functional>
#include <string>
#include <variant>
#include <vector>

#include <xgrad/autograd/tape.hpp>
#include <xgrad/optim/lbfgs.hpp>
#include <xgrad/optim/optimizer.hpp>

namespace xgrad::inline XGRAD_PRECISION {

/// A function of two numbers, x and y, that an optimizer is to make small.
struct Surface {
  std::string name;
  std::function<Var(Var x, Var y)> f;  ///< of two Vars of shape (1,), to one of that shape
  std::array<double, 2> start;         ///< x and y where every optimizer starts
  std::array<double, 4> window;        ///< what a picture shows: x from .. to, y from .. to
  std::vector<std::array<double, 2>> minima;
};

Surface rosenbrock();  ///< (1 - x)² + 100 (y - x²)² from (-1.5, 2): a bent valley (Rosenbrock 1960)
Surface beale();       ///< three squares with steep corners, from (1, 1.5) (Beale 1958)
Surface himmelblau();  ///< (x² + y - 11)² + (x + y² - 7)² from (0, 0): four minima (Himmelblau 1972)
Surface ravine();      ///< 0.1 x² + 2 y² from (-10, 1): 20 times as steep in y as in x

/// A name, and how it moves: a rule such as Adam{}, or the options of L-BFGS.
struct Runner {
  std::string name;
  std::variant<Optimizer, LBFGSOptions> moves;
};

/// SGD, momentum, Nesterov's momentum, RMSprop, Adagrad, Adam and L-BFGS, with learning rates for these surfaces.
std::vector<Runner> runners();

/// Where a runner was.
struct Track {
  std::string name;
  std::vector<std::array<double, 3>> points;  ///< x, y and f at the start and after each step
};

/// Takes so many steps with each runner; L-BFGS's are one call each. A runner that meets a number that is not finite
/// stops there: its track is shorter. Throws ValueError for an option of L-BFGS out of range.
std::vector<Track> race(const Surface& surface, const std::vector<Runner>& runners, std::size_t steps);

/// A picture in SVG: the surface as cells, darker where log f is small, the tracks over it, and for each its last point
/// and f. Names are written as text, whatever they hold.
std::string race_svg(const Surface& surface, const std::vector<Track>& tracks);

/// Writes a page with the picture of each surface and a slider over the steps, in English and Chinese. Throws
/// DataError if it cannot be written.
void write_race_html(const std::string& path, const std::vector<std::pair<Surface, std::vector<Track>>>& races);

}  // namespace xgrad::inline XGRAD_PRECISION
