double slope_of_xgrad();
double slope_of_xgrad_double();

int main() { return slope_of_xgrad() == 2 * (1.0f / 3) && slope_of_xgrad_double() == 2 * (1.0 / 3) ? 0 : 1; }
