#pragma once

// Which xgrad this is, for the preprocessor. CMake and packages read the version here.

#define XGRAD_VERSION_MAJOR 0
#define XGRAD_VERSION_MINOR 2
#define XGRAD_VERSION_PATCH 0

/// The version as one number, to compare with: 203 for 0.2.3, and 12003 for 1.20.3.
#define XGRAD_VERSION (XGRAD_VERSION_MAJOR * 10000 + XGRAD_VERSION_MINOR * 100 + XGRAD_VERSION_PATCH)
