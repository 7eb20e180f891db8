// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Rows measures what Go has an equivalent for, one goroutine running at a time, or two
// where a row's name says so.
package main

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
)

var rows = map[string]func(count uint64) uint64{
	"spawn-join":        spawnEach,
	"spawn-1000":        spawnThousands,
	"yield":             yieldOften,
	"timer":             armAndCancel,
	"timer-rearm":       rearmOneOfMany,
	"sleeping":          sleepTogether,
	"channel-buffered":  passThroughBuffer,
	"channel-ping-pong": pingPong,

	// The same runtime: it is always one for many threads.
	"worker-spawn-join":        spawnEach,
	"worker-spawn-1000":        spawnThousands,
	"worker-yield":             yieldOften,
	"worker-channel-buffered":  passThroughBuffer,
	"worker-channel-ping-pong": pingPong,
	"worker-mutex":             lockOften,
	"worker-compute":           computeTogether,
	"worker-fork-join":         forkAndJoin,

	"two-workers-spawn-1000":        spawnThousands,
	"two-workers-channel-ping-pong": pingPong,
	"two-workers-compute":           computeTogether,
	"two-workers-fork-join":         forkAndJoin,
}

func lockOften(count uint64) uint64 {
	var free sync.Mutex
	var sum uint64
	for i := uint64(0); i < count; i++ {
		free.Lock()
		sum++
		free.Unlock()
	}
	return sum
}

func spawnEach(count uint64) uint64 {
	var sum uint64
	for i := uint64(0); i < count; i++ {
		var children sync.WaitGroup
		children.Add(1)
		go func() {
			sum++
			children.Done()
		}()
		children.Wait()
	}
	return sum
}

// Each child has a number of its own, so they may run beside each other.
func spawnThousands(count uint64) uint64 {
	var sums [1000]uint64
	together(sums[:], count, func(sum uint64) uint64 { return sum + 1 })
	return sumOf(sums[:])
}

// together changes each of the numbers in a goroutine, as often as count asks.
func together(numbers []uint64, count uint64, change func(uint64) uint64) {
	for done := uint64(0); done < count; done += uint64(len(numbers)) {
		var children sync.WaitGroup
		children.Add(len(numbers))
		for i := range numbers {
			number := &numbers[i]
			go func() {
				*number = change(*number)
				children.Done()
			}()
		}
		children.Wait()
	}
}

func sumOf(numbers []uint64) uint64 {
	var sum uint64
	for _, number := range numbers {
		sum += number
	}
	return sum
}

// compute is the same as in measure.cpp.
func compute(seed uint64) uint64 {
	state := seed + 1
	for i := 0; i < 10_000; i++ {
		state ^= state << 13
		state ^= state >> 7
		state ^= state << 17
	}
	return state
}

func computeTogether(count uint64) uint64 {
	var states [64]uint64
	together(states[:], count, compute)
	return sumOf(states[:])
}

func fibonacci(number uint64) uint64 {
	if number < 2 {
		return number
	}
	var larger uint64
	var child sync.WaitGroup
	child.Add(1)
	go func() {
		larger = fibonacci(number - 1)
		child.Done()
	}()
	smaller := fibonacci(number - 2)
	child.Wait()
	return larger + smaller
}

// forkAndJoin takes so many tasks, as in measure.hpp.
func forkAndJoin(count uint64) uint64 {
	number := uint64(0)
	for calls, next := uint64(1), uint64(1); calls < count; number++ {
		calls, next = next, calls+next+1
	}
	return fibonacci(number)
}

func yieldOften(count uint64) uint64 {
	for i := uint64(0); i < count; i++ {
		runtime.Gosched()
	}
	return count
}

func armAndCancel(count uint64) uint64 {
	for i := uint64(0); i < count; i++ {
		time.NewTimer(time.Minute).Stop()
	}
	return count
}

func rearmOneOfMany(count uint64) uint64 {
	many := make([]*time.Timer, 10_000)
	for i := range many {
		many[i] = time.NewTimer(time.Minute)
	}
	draw := numbers(1)
	for i := uint64(0); i < count; i++ {
		moved := many[draw.below(10_000)]
		moved.Reset(time.Duration(10_000+draw.below(50_000)) * time.Millisecond)
	}
	for _, timer := range many {
		timer.Stop()
	}
	return count
}

// numbers are the same as in measure.hpp.
type numbers uint64

func (n *numbers) below(limit uint64) uint64 {
	*n = *n*6364136223846793005 + 1442695040888963407
	return uint64(*n>>33) % limit
}

func sleepTogether(count uint64) uint64 {
	var begun sync.WaitGroup
	begun.Add(int(count))
	for i := uint64(0); i < count; i++ {
		go func() {
			begun.Done()
			time.Sleep(time.Hour)
		}()
	}
	begun.Wait()
	return count
}

func passThroughBuffer(count uint64) uint64 {
	items := make(chan uint64, 64)
	go func() {
		for i := uint64(0); i < count; i++ {
			items <- i
		}
		close(items)
	}()
	var sum uint64
	for item := range items {
		sum += item
	}
	return sum
}

func pingPong(count uint64) uint64 {
	there, back := make(chan uint64, 1), make(chan uint64, 1)
	go func() {
		for ball := range there {
			back <- ball
		}
	}()
	var sum uint64
	for i := uint64(0); i < count; i++ {
		there <- i
		sum += <-back
	}
	close(there)
	return sum
}

// cpuTime gives nanoseconds of the whole process.
func cpuTime() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}

var kept uint64 // so that no work is without a purpose

func main() {
	if len(os.Args) != 4 {
		stop("usage: rows ROW OPERATIONS REPEATS")
	}
	runtime.GOMAXPROCS(1)
	if strings.HasPrefix(os.Args[1], "two-workers-") {
		runtime.GOMAXPROCS(2)
	}
	run, found := rows[os.Args[1]]
	count, err := strconv.ParseUint(os.Args[2], 10, 64)
	repeats, err2 := strconv.Atoi(os.Args[3])
	if !found || err != nil || err2 != nil || count == 0 || repeats < 1 || repeats > 64 {
		stop(fmt.Sprintf("no row '%s', or no operations", os.Args[1]))
	}
	least, leastWall := math.Inf(1), math.Inf(1)
	for i := 0; i < repeats; i++ {
		wallBegin, begin := time.Now(), cpuTime()
		kept = run(count)
		least = math.Min(least, float64(cpuTime()-begin)/float64(count))
		leastWall = math.Min(leastWall, float64(time.Since(wallBegin))/float64(count))
	}
	fmt.Printf("%.3f %.3f\n", least, leastWall)
}

func stop(why string) {
	fmt.Fprintln(os.Stderr, "rows:", why)
	os.Exit(2)
}
