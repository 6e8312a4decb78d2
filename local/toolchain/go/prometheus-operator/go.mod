module shlink-platform.local/toolchain/prometheus-operator

go 1.26.0

// Nothing of it is built: only its resource definitions are read.
require github.com/prometheus-operator/prometheus-operator v0.93.1
