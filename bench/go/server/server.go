// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception

// Server serves echo or HTTP on loopback, one goroutine running at a time, or two.
package main

import (
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"runtime"
	"time"
)

const timeToLive = 300 * time.Second

func echo(peer net.Conn) {
	defer peer.Close()
	bytes := make([]byte, 4096)
	for {
		count, err := peer.Read(bytes)
		if err != nil {
			return // the peer has gone
		}
		if _, err := peer.Write(bytes[:count]); err != nil {
			return
		}
	}
}

func serveEcho(listener net.Listener) error {
	for {
		peer, err := listener.Accept()
		if err != nil {
			return err
		}
		go echo(peer)
	}
}

func sayHello(answer http.ResponseWriter, _ *http.Request) {
	answer.Header().Set("Content-Type", "text/plain")
	io.WriteString(answer, "Hello, World!")
}

func serveHTTP(listener net.Listener) error {
	return http.Serve(listener, http.HandlerFunc(sayHello))
}

func main() {
	runtime.GOMAXPROCS(1)
	if len(os.Args) == 3 && os.Args[2] == "two-threads" {
		runtime.GOMAXPROCS(2)
	}
	servers := map[string]func(net.Listener) error{"echo": serveEcho, "http": serveHTTP}
	if len(os.Args) < 2 || servers[os.Args[1]] == nil {
		log.Fatal("usage: server echo|http [two-threads]")
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		log.Fatal(err)
	}
	time.AfterFunc(timeToLive, func() { os.Exit(1) })
	fmt.Println(listener.Addr().(*net.TCPAddr).Port)
	log.Fatal(servers[os.Args[1]](listener))
}
