// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

/// Stands between coil and its frame source (the linker puts it there) and lets one
/// request for memory fail.
namespace failing_frames {

/// The `number`-th request from now on fails, once; 0: none does.
void fail_at(long number) noexcept;
/// Whether one has failed since.
[[nodiscard]] bool has_failed() noexcept;

}  // namespace failing_frames
