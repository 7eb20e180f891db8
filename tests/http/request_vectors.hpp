// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
#pragma once

#include <coil/http/limits.hpp>

#include <string>
#include <string_view>
#include <vector>

namespace coil::http {

// Bytes a client may send, and what they must come to: so many requests with
// these bodies, one after another, and then the status of a refusal, or 0 where
// all of it is good. Sections are of RFC 9112 unless another RFC is named.
struct request_vector {
    std::string_view name;
    std::string_view section;
    std::string bytes;
    unsigned refusal = 0;
    std::size_t request_count = 0;
    std::string_view bodies = {};
};

// Small, so that the vectors which pass them stay short.
inline limits vector_limits() {
    limits small;
    small.request_line_bytes_max = 96;
    small.header_bytes_max = 256;
    small.header_count_max = 8;
    small.body_bytes_max = 64;
    small.chunk_extension_bytes_max = 32;
    small.trailer_bytes_max = 64;
    small.trailer_count_max = 3;
    return small;
}

namespace vectors {

using namespace std::string_literals;

inline std::string get(const std::string& fields) {
    return "GET /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n";
}

inline std::string line(const std::string& request_line) {
    return request_line + "\r\nHost: a\r\n\r\n";
}

inline std::string post(const std::string& fields, const std::string& body) {
    return "POST /a HTTP/1.1\r\nHost: a\r\n" + fields + "\r\n" + body;
}

inline std::string chunked(const std::string& body) {
    return post("Transfer-Encoding: chunked\r\n", body);
}

inline std::string repeat(std::string_view text, std::size_t count) {
    std::string all;
    while (count-- != 0) all += text;
    return all;
}

inline std::vector<request_vector> accepted_bodies() {
    return {
        {"a request without a body", "2.1", get(""), 0, 1},
        {"two requests in one piece", "9.3.2", get("") + get("X: y\r\n"), 0, 2},
        {"a body of known length", "6.2", post("Content-Length: 5\r\n", "hello"), 0, 1,
         "hello"},
        {"a request after a body", "9.3.2",
         post("Content-Length: 2\r\n", "hi") + get(""), 0, 2, "hi"},
        {"a body of length zero", "6.2", post("Content-Length: 0\r\n", ""), 0, 1},
        {"a length with leading zeros", "6.2", post("Content-Length: 003\r\n", "abc"),
         0, 1, "abc"},
        {"a body as large as allowed", "6.2",
         post("Content-Length: 64\r\n", std::string(64, 'b')), 0, 1,
         "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"},
        {"a chunked body", "7.1", chunked("5\r\nhello\r\n1\r\n!\r\n0\r\n\r\n"), 0, 1,
         "hello!"},
        {"a chunked body and a request", "7.1",
         chunked("1\r\na\r\n0\r\n\r\n") + get(""), 0, 2, "a"},
        {"a chunk size in capitals", "7.1", chunked("0A\r\n0123456789\r\n0\r\n\r\n"), 0,
         1, "0123456789"},
        {"line ends as chunk data", "7.1", chunked("4\r\n\r\n\r\n\r\n00\r\n\r\n"), 0, 1,
         "\r\n\r\n"},
        {"an empty chunked body", "7.1", chunked("0\r\n\r\n"), 0, 1},
        {"trailer fields", "7.1.2", chunked("1\r\na\r\n0\r\nSum: 1\r\nX:\r\n\r\n"), 0,
         1, "a"},
        {"a chunk extension", "7.1.1", chunked("1;n\r\na\r\n0\r\n\r\n"), 0, 1, "a"},
        {"a chunk extension with a value", "7.1.1",
         chunked("1;n=v;m\r\na\r\n0;x=1\r\n\r\n"), 0, 1, "a"},
        {"a chunk extension with a quoted value", "7.1.1",
         chunked("1;n=\"a;\\\" b\"\r\na\r\n0\r\n\r\n"), 0, 1, "a"},
        {"a coding in another case", "7",
         post("Transfer-Encoding: ChunKed\r\n", "0\r\n\r\n"), 0, 1},
    };
}

inline std::vector<request_vector> accepted_heads() {
    return {
        {"field names in lower case", "RFC 9110 5.1",
         "POST /a HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\n\r\nx", 0, 1, "x"},
        {"a field without a value", "5", get("X:\r\n"), 0, 1},
        {"a field without a blank", "5", get("X:y\r\n"), 0, 1},
        {"blanks around a value", "5.1", get("X: \t y \t\r\n"), 0, 1},
        {"a tab inside a value", "RFC 9110 5.5", get("X: a\tb c d e f g h\r\n"), 0, 1},
        {"bytes above 127 in a value", "RFC 9110 5.5", get("X: \xC3\xA4\xFF\r\n"), 0,
         1},
        {"every token character in a name", "RFC 9110 5.6.2",
         get("!#$%&'*+-.^_`|~09azAZ: y\r\n"), 0, 1},
        {"an empty Host", "3.2", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 0, 1},
        {"a Host with a port", "RFC 9110 7.2", "GET / HTTP/1.1\r\nHost: a.b:80\r\n\r\n",
         0, 1},
        {"a Host that is an IPv6 address", "RFC 9110 7.2",
         "GET / HTTP/1.1\r\nHost: [::1]:8080\r\n\r\n", 0, 1},
        {"an empty line before the request line", "2.2", "\r\n" + get(""), 0, 1},
        {"an empty line after a body", "2.2",
         post("Content-Length: 1\r\n", "x") + "\r\n" + get(""), 0, 2, "x"},
        {"a target with a query", "3.2.1", line("GET /a%20b?c=d&e=%zz?/ HTTP/1.1"), 0,
         1},
        {"an absolute target", "3.2.2", line("GET http://b:80/c?d HTTP/1.1"), 0, 1},
        {"an absolute target without a path", "3.2.2", line("GET http://b HTTP/1.1"), 0,
         1},
        {"an absolute target with only a query", "3.2.2",
         line("GET HTTPS://b?q HTTP/1.1"), 0, 1},
        {"a server-wide OPTIONS", "3.2.4", line("OPTIONS * HTTP/1.1"), 0, 1},
        {"an unknown method", "3.1", line("BREW /pot HTTP/1.1"), 0, 1},
        {"HTTP/1.0 without a Host", "3.2", "GET / HTTP/1.0\r\n\r\n", 0, 1},
        {"HTTP/1.0 with keep-alive", "9.3",
         "GET / HTTP/1.0\r\nConnection: keep-alive\r\n\r\n" + get(""), 0, 2},
        {"HTTP/1.0 with a body", "6.2", "POST / HTTP/1.0\r\nContent-Length: 1\r\n\r\nx",
         0, 1, "x"},
        {"an expectation of 100", "RFC 9110 10.1.1",
         post("Expect: 100-Continue\r\nContent-Length: 1\r\n", "x"), 0, 1, "x"},
        {"as many fields as allowed", "5", get(repeat("X: y\r\n", 7)), 0, 1},
        {"a header as large as allowed", "5",
         get("X: " + std::string(256 - 16, 'y') + "\r\n"), 0, 1},
        {"a request line as long as allowed", "3",
         line("GET /" + std::string(96 - 14, 'a') + " HTTP/1.1"), 0, 1},
    };
}

inline std::vector<request_vector> refused_lengths() {
    return {
        {"Content-Length beside Transfer-Encoding", "6.3",
         post("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n", "0\r\n\r\n"), 400},
        {"Transfer-Encoding before Content-Length", "6.3",
         post("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n", "0\r\n\r\n"), 400},
        {"two equal lengths", "6.3",
         post("Content-Length: 1\r\nContent-Length: 1\r\n", "x"), 400},
        {"two different lengths", "6.3",
         post("Content-Length: 1\r\ncontent-length: 2\r\n", "xy"), 400},
        {"a list of equal lengths", "6.3", post("Content-Length: 1, 1\r\n", "x"), 400},
        {"a list of different lengths", "6.3", post("Content-Length: 1,2\r\n", "xy"),
         400},
        {"a length of 2^64", "6.3",
         post("Content-Length: 18446744073709551616\r\n", ""), 400},
        {"a length of 30 digits", "6.3",
         post("Content-Length: 100000000000000000000000000001\r\n", "x"), 400},
        {"a negative length", "6.3", post("Content-Length: -1\r\n", ""), 400},
        {"a length with a plus", "6.3", post("Content-Length: +1\r\n", "x"), 400},
        {"a length in hexadecimal", "6.3", post("Content-Length: 0x1\r\n", "x"), 400},
        {"a length with a fraction", "6.3", post("Content-Length: 1.0\r\n", "x"), 400},
        {"a length of two words", "6.3", post("Content-Length: 1 1\r\n", "x"), 400},
        {"an empty length", "6.3", post("Content-Length:\r\n", ""), 400},
        {"a body too large", "RFC 9110 15.5.14", post("Content-Length: 65\r\n", ""),
         413},
        {"a body of 2^64 - 1 bytes", "RFC 9110 15.5.14",
         post("Content-Length: 18446744073709551615\r\n", "x"), 413},
        {"an unknown coding", "6.1", post("Transfer-Encoding: xchunked\r\n", ""), 501},
        {"identity after chunked", "6.1",
         post("Transfer-Encoding: chunked, identity\r\n", "0\r\n\r\n"), 501},
        {"gzip before chunked", "6.1",
         post("Transfer-Encoding: gzip, chunked\r\n", "0\r\n\r\n"), 501},
        {"identity alone", "6.1", post("Transfer-Encoding: identity\r\n", ""), 501},
        {"chunked twice in a list", "6.1",
         post("Transfer-Encoding: chunked, chunked\r\n", "0\r\n\r\n"), 400},
        {"two Transfer-Encoding fields", "6.1",
         post("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
              "0\r\n\r\n"),
         400},
        {"an empty coding", "6.1", post("Transfer-Encoding:\r\n", ""), 400},
        {"chunked with a comma", "6.1", post("Transfer-Encoding: chunked,\r\n", ""),
         400},
        {"chunked with a parameter", "7",
         post("Transfer-Encoding: chunked;a=b\r\n", ""), 400},
        {"chunked in quotes", "7", post("Transfer-Encoding: \"chunked\"\r\n", ""), 400},
        {"chunked after a vertical tab", "6.1",
         post("Transfer-Encoding: \vchunked\r\n", "0\r\n\r\n"), 400},
        {"Transfer-Encoding in HTTP/1.0", "6.1",
         "POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 400},
        {"an unknown expectation", "RFC 9110 10.1.1", get("Expect: the-worst\r\n"),
         417},
    };
}

inline std::vector<request_vector> refused_chunks() {
    return {
        {"chunk data not followed by CRLF", "7.1", chunked("1\r\naX0\r\n\r\n"), 400},
        {"chunk data followed by LF", "7.1", chunked("1\r\na\n0\r\n\r\n"), 400},
        {"chunk data followed by CR alone", "7.1", chunked("1\r\na\r0\r\n\r\n"), 400},
        {"a chunk longer than its size", "7.1", chunked("1\r\nab\r\n0\r\n\r\n"), 400},
        {"a blank after a chunk size", "7.1", chunked("1 \r\na\r\n0\r\n\r\n"), 400},
        {"a tab after a chunk size", "7.1", chunked("1\t\r\na\r\n0\r\n\r\n"), 400},
        {"a blank before a chunk size", "7.1", chunked(" 1\r\na\r\n0\r\n\r\n"), 400},
        {"a blank before an extension", "7.1.1", chunked("1 ;n\r\na\r\n0\r\n\r\n"),
         400},
        {"a chunk size of 2^64", "7.1", chunked("10000000000000000\r\na\r\n"), 400},
        {"a chunk size of many zeros", "7.1", chunked("00000000000000001\r\na\r\n"),
         400},
        {"a chunk size of 2^64 - 1", "RFC 9110 15.5.14",
         chunked("ffffffffffffffff\r\na\r\n"), 413},
        {"a second chunk that wraps around", "RFC 9110 15.5.14",
         chunked("1\r\na\r\nffffffffffffffff\r\n"), 413},
        {"chunks too large together", "RFC 9110 15.5.14",
         chunked("40\r\n" + std::string(64, 'b') + "\r\n1\r\n"), 413},
        {"a chunk size with 0x", "7.1", chunked("0x1\r\na\r\n0\r\n\r\n"), 400},
        {"a negative chunk size", "7.1", chunked("-1\r\na\r\n0\r\n\r\n"), 400},
        {"no chunk size", "7.1", chunked("\r\na\r\n0\r\n\r\n"), 400},
        {"a chunk size followed by LF", "7.1", chunked("1\na\r\n0\r\n\r\n"), 400},
        {"a chunk size followed by CR alone", "7.1", chunked("1\ra\r\n0\r\n\r\n"), 400},
        {"an extension without a name", "7.1.1", chunked("1;\r\na\r\n0\r\n\r\n"), 400},
        {"an extension without a value", "7.1.1", chunked("1;n=\r\na\r\n0\r\n\r\n"),
         400},
        {"an extension ended by LF", "7.1.1", chunked("1;n\na\r\n0\r\n\r\n"), 400},
        {"LF in a quoted extension", "7.1.1", chunked("1;n=\"\n\"\r\na\r\n"), 400},
        {"text after a quoted extension", "7.1.1", chunked("1;n=\"\"x\r\na\r\n"), 400},
        {"an extension too long", "7.1.1",
         chunked("1;" + std::string(33, 'n') + "\r\na\r\n0\r\n\r\n"), 400},
        {"extensions too long together", "7.1.1",
         chunked(repeat("1;name=value\r\na\r\n", 4) + "0\r\n\r\n"), 400},
        {"Content-Length in a trailer", "6.5.1",
         chunked("0\r\nContent-Length: 5\r\n\r\n"), 400},
        {"Transfer-Encoding in a trailer", "6.5.1",
         chunked("0\r\ntransfer-encoding: chunked\r\n\r\n"), 400},
        {"Host in a trailer", "6.5.1", chunked("0\r\nHost: b\r\n\r\n"), 400},
        {"a trailer line ended by LF", "2.2", chunked("0\r\nX: y\n\r\n"), 400},
        {"a body ended by LF", "2.2", chunked("0\r\n\n"), 400},
        {"a folded trailer", "5.2", chunked("0\r\nX: y\r\n z\r\n\r\n"), 400},
        {"a trailer without a colon", "5", chunked("0\r\nX\r\n\r\n"), 400},
        {"a trailer too large", "RFC 6585 5",
         chunked("0\r\nX: " + std::string(64, 'y') + "\r\n\r\n"), 431},
        {"too many trailer fields", "RFC 6585 5",
         chunked("0\r\n" + repeat("X: y\r\n", 4) + "\r\n"), 431},
    };
}

inline std::vector<request_vector> refused_fields() {
    return {
        {"a field line ended by LF", "2.2", get("X: y\n"), 400},
        {"a head ended by LF", "2.2", "GET / HTTP/1.1\r\nHost: a\r\n\n", 400},
        {"lines all ended by LF", "2.2", "GET / HTTP/1.1\nHost: a\n\n", 400},
        {"CR inside a value", "2.2", get("X: y\rZ: w\r\n"), 400},
        {"two CR at a line's end", "2.2", get("X: y\r\r\n"), 400},
        {"a folded field", "5.2", get("X: y\r\n z\r\n"), 400},
        {"a field folded by a tab", "5.2", get("X: y\r\n\tz\r\n"), 400},
        {"a folded first field", "2.2", "GET / HTTP/1.1\r\n Host: a\r\nHost: a\r\n\r\n",
         400},
        {"a blank before the colon", "5.1", get("X : y\r\n"), 400},
        {"a tab before the colon", "5.1", get("X\t: y\r\n"), 400},
        {"a blank before the colon of a length", "5.1",
         post("Content-Length : 1\r\n", "x"), 400},
        {"an empty field name", "RFC 9110 5.1", get(": y\r\n"), 400},
        {"a blank inside a name", "RFC 9110 5.1", get("X Y: z\r\n"), 400},
        {"a bracket inside a name", "RFC 9110 5.6.2", get("X(: z\r\n"), 400},
        {"a byte above 127 inside a name", "RFC 9110 5.1", get("X\xC3\xA4: z\r\n"),
         400},
        {"NUL inside a name", "RFC 9110 5.1", get("X\0: z\r\n"s), 400},
        {"a field without a colon", "5", get("X\r\n"), 400},
        {"NUL inside a value", "RFC 9110 5.5", get("X: a\0b\r\n"s), 400},
        {"DEL inside a value", "RFC 9110 5.5", get("X: abcdefg\x7Fh\r\n"), 400},
        {"a bell inside a long value", "RFC 9110 5.5", get("X: abcdefghij\a0123\r\n"),
         400},
        {"no Host", "3.2", "GET / HTTP/1.1\r\nX: y\r\n\r\n", 400},
        {"no field at all", "3.2", "GET / HTTP/1.1\r\n\r\n", 400},
        {"two Hosts", "3.2", get("Host: b\r\n"), 400},
        {"two equal Hosts", "3.2", get("Host: a\r\n"), 400},
        {"two Hosts in HTTP/1.0", "3.2", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n",
         400},
        {"a Host with a path", "3.2", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
        {"a Host with a user", "RFC 9110 4.2.4", "GET / HTTP/1.1\r\nHost: u@a\r\n\r\n",
         400},
        {"a Host with a blank", "3.2", "GET / HTTP/1.1\r\nHost: a b\r\n\r\n", 400},
        {"a list of Hosts", "3.2", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
        {"a Host with a wrong port", "3.2", "GET / HTTP/1.1\r\nHost: a:b\r\n\r\n", 400},
        {"a Host of brackets alone", "3.2", "GET / HTTP/1.1\r\nHost: []\r\n\r\n", 400},
        {"a Host with text after its bracket", "3.2",
         "GET / HTTP/1.1\r\nHost: [::1]a\r\n\r\n", 400},
        {"a Host with a port alone", "3.2", "GET / HTTP/1.1\r\nHost: :80\r\n\r\n", 400},
        {"a Host with an open bracket", "3.2", "GET / HTTP/1.1\r\nHost: [::1\r\n\r\n",
         400},
        {"too many fields", "RFC 6585 5", get(repeat("X: y\r\n", 8)), 431},
        {"a header too large", "RFC 6585 5",
         get("X: " + std::string(256 - 15, 'y') + "\r\n"), 431},
        {"a header that does not end", "RFC 6585 5",
         "GET / HTTP/1.1\r\nX: " + std::string(400, 'y'), 431},
    };
}

inline std::vector<request_vector> refused_request_lines() {
    return {
        {"no version", "2.3", line("GET /a"), 400},
        {"no version but a blank", "2.3", line("GET /a "), 400},
        {"HTTP/0.9 in one line", "2.3", "GET /\r\n", 400},
        {"HTTP/1.9", "RFC 9110 15.6.6", line("GET /a HTTP/1.9"), 505},
        {"HTTP/0.9 by name", "RFC 9110 15.6.6", line("GET /a HTTP/0.9"), 505},
        {"HTTP/2.0", "RFC 9110 15.6.6", line("GET /a HTTP/2.0"), 505},
        {"the preface of HTTP/2", "RFC 9113 3.4", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
         505},
        {"HTTP/1.10", "2.3", line("GET /a HTTP/1.10"), 400},
        {"HTTP/1", "2.3", line("GET /a HTTP/1"), 400},
        {"http in lower case", "2.3", line("GET /a http/1.1"), 400},
        {"another protocol's version", "2.3", line("GET /a HTTQ/1.1"), 400},
        {"a blank after the version", "3", line("GET /a HTTP/1.1 "), 400},
        {"two blanks before the target", "3", line("GET  /a HTTP/1.1"), 400},
        {"two blanks before the version", "3", line("GET /a  HTTP/1.1"), 400},
        {"a tab before the target", "3", line("GET\t/a HTTP/1.1"), 400},
        {"a blank before the method", "3", line(" GET /a HTTP/1.1"), 400},
        {"a method that is no token", "3.1", line("G(T /a HTTP/1.1"), 400},
        {"a method with NUL", "3.1", line("G\0T /a HTTP/1.1"s), 400},
        {"no method", "3.1", line("/a HTTP/1.1"), 400},
        {"a method alone", "3", line("GET"), 400},
        {"two empty lines before the request line", "2.2", "\r\n\r\n" + get(""), 400},
        {"a bare LF before the request line", "2.2", "\n" + get(""), 400},
        {"a request line ended by LF", "2.2", "GET /a HTTP/1.1\nHost: a\r\n\r\n", 400},
        {"CR inside the request line", "2.2", line("GET /a\rb HTTP/1.1"), 400},
        {"a target with a blank", "3.2", line("GET /a b HTTP/1.1"), 400},
        {"a target with NUL", "3.2", line("GET /a\0b HTTP/1.1"s), 400},
        {"a target with a control character", "3.2", line("GET /a\x01 HTTP/1.1"), 400},
        {"a target with DEL", "3.2", line("GET /a\x7F HTTP/1.1"), 400},
        {"a target with raw UTF-8", "3.2", line("GET /\xC3\xA4 HTTP/1.1"), 400},
        {"a target with a fragment", "3.2", line("GET /a#b HTTP/1.1"), 400},
        {"a target without a slash", "3.2.1", line("GET a HTTP/1.1"), 400},
        {"an asterisk without OPTIONS", "3.2.4", line("GET * HTTP/1.1"), 400},
        {"an asterisk and more", "3.2.4", line("OPTIONS *a HTTP/1.1"), 400},
        {"host and port without CONNECT", "3.2.3", line("GET a:80 HTTP/1.1"), 400},
        {"CONNECT", "3.2.3", line("CONNECT a:80 HTTP/1.1"), 501},
        {"CONNECT to a path", "3.2.3", line("CONNECT /a HTTP/1.1"), 400},
        {"CONNECT without a port", "3.2.3", line("CONNECT a HTTP/1.1"), 400},
        {"an absolute target without a host", "3.2.2", line("GET http:///a HTTP/1.1"),
         400},
        {"an absolute target with a user", "RFC 9110 4.2.4",
         line("GET http://u@b/ HTTP/1.1"), 400},
        {"an absolute target of another scheme", "3.2.2", line("GET ftp://b/ HTTP/1.1"),
         400},
        {"a request line too long", "3",
         line("GET /" + std::string(96 - 13, 'a') + " HTTP/1.1"), 414},
        {"a request line that does not end", "3", "GET /" + std::string(200, 'a'), 414},
        {"a greeting of TLS", "3", "\x16\x03\x01\x02", 400},
        {"a request after a bad one", "9.3.2", get("X y\r\n") + get(""), 400},
        {"a bad request after a good one", "9.3.2", get("") + get("X y\r\n"), 400, 1},
        {"a body longer than its length", "9.3.2",
         post("Content-Length: 1\r\n", "xy\r\n\r\n"), 400, 1, "x"},
    };
}

}  // namespace vectors

inline std::vector<request_vector> all_request_vectors() {
    std::vector<request_vector> all;
    for (const auto& part :
         {vectors::accepted_bodies(), vectors::accepted_heads(),
          vectors::refused_lengths(), vectors::refused_chunks(),
          vectors::refused_fields(), vectors::refused_request_lines()}) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace coil::http
