// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

// Everything, by layer. Programs that care for their compile time include what they
// use.

#include <coil/core/backtrace.hpp>
#include <coil/core/core.hpp>
#include <coil/http/cookies.hpp>
#include <coil/http/server.hpp>
#include <coil/http/sse.hpp>
#include <coil/io/buffer.hpp>
#include <coil/io/copy.hpp>
#include <coil/io/lines.hpp>
#include <coil/io/read.hpp>
#include <coil/io/write.hpp>
#include <coil/net/tcp_listener.hpp>
#include <coil/net/tcp_stream.hpp>
#include <coil/runtime/blocking.hpp>
#include <coil/runtime/run.hpp>
#include <coil/runtime/signals.hpp>
#include <coil/stream/generator.hpp>
#include <coil/stream/stream.hpp>
#include <coil/sync/channel.hpp>
#include <coil/sync/event.hpp>
#include <coil/sync/remote_event.hpp>
#include <coil/time/sleep.hpp>
#include <coil/time/timeout.hpp>
