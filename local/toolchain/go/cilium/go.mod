module shlink-platform.local/toolchain/cilium

go 1.26.0

// Nothing of it is built: only its resource definitions are read.
require github.com/cilium/cilium v1.18.0
