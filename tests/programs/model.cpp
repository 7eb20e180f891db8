// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#include "model.hpp"

#include "model_streams.hpp"

namespace programs {

prediction predict(const program& asked) {
    model::streams all(asked);
    bool is_done = false;
    all.start(asked.root, [&](model::result) { is_done = true; });
    while (!is_done) all.run_turn();
    all.log_deadlock();
    return all.so_far();
}

}  // namespace programs
