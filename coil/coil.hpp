// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// Everything, by layer, but what only the writers of runtimes and servers need.
// Programs that care for their compile time include what they use.

#include <coil/core/as_foreign.hpp>
#include <coil/core/backtrace.hpp>
#include <coil/core/core.hpp>
#include <coil/http/cookies.hpp>
#include <coil/http/server.hpp>
#include <coil/http/sse.hpp>
#include <coil/io/buffer.hpp>
#include <coil/io/byte_pipe.hpp>
#include <coil/io/copy.hpp>
#include <coil/io/lines.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/resolve.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/net/tcp_stream.hpp>
#include <coil/runtime/assume_here.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/io_choice.hpp>
#include <coil/runtime/multi_thread.hpp>
#include <coil/runtime/on.hpp>
#include <coil/runtime/run.hpp>
#include <coil/runtime/signals.hpp>
#include <coil/stream/collect.hpp>
#include <coil/stream/filter.hpp>
#include <coil/stream/for.hpp>
#include <coil/stream/for_each.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/into.hpp>
#include <coil/stream/map.hpp>
#include <coil/stream/merge.hpp>
#include <coil/stream/resource_generator.hpp>
#include <coil/stream/sink.hpp>
#include <coil/stream/take.hpp>
#include <coil/sync/barrier.hpp>
#include <coil/sync/broadcast.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/mutex.hpp>
#include <coil/sync/notify.hpp>
#include <coil/sync/once_cell.hpp>
#include <coil/sync/oneshot.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/sync/semaphore.hpp>
#include <coil/sync/stop_source.hpp>
#include <coil/sync/unbounded_channel.hpp>
#include <coil/sync/watch.hpp>
#include <coil/time/rate_limiter.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>
