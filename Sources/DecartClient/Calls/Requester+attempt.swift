import DecartAPI
import FoundationEssentials

extension Requester {
    /// Sends `read` once, following redirects.
    ///
    /// - Parameters:
    ///   - retry: which try after the first it is.
    ///   - first: what came of its first request, if that has been sent already.
    func attempt(
        _ read: Read, _ retry: TransportRequest.Retry? = nil, after first: Result<TransportReply, TransportError>? = nil
    ) async -> Attempt {
        var first = first
        var url = URLText.encoded(read.url)
        var origin = read.isOfAPI ? configuration.baseURL.origin : nil
        for _ in 0...Redirect.limit {
            let headers = headers(for: origin)
            var request = TransportRequest(
                .get, url: url, headers: read.headers.isEmpty ? headers : headers + read.headers,
                idleTimeout: configuration.timeout, streamsReply: read.streams)
            request.retry = retry
            let reply: TransportReply
            do throws(TransportError) {
                if let sent = first {
                    first = nil
                    reply = try sent.get()
                } else {
                    if Task.isCancelled { throw TransportError(.cancelled, reach: .neverSent, reason: "cancelled") }
                    reply = try await transport.send(request)
                }
            } catch {
                return .failed(error)
            }
            guard Redirect.isOne(reply.status), let location = reply.header("location") else {
                // A part that cannot be decoded is no loss: whoever asked for one can ask for the whole again.
                let isPartAskedFor = reply.status == 206 && read.headers.contains { $0.name == "range" }
                if (200...299).contains(reply.status), !isPartAskedFor, let coding = reply.coding {
                    return .stopped(read.call.undecodable(coding, status: reply.status))
                }
                return .reply(reply)
            }
            switch Redirect.target(of: location, from: url) {
            case .success(let next):
                url = next
                origin = read.isOfAPI ? Origin(of: next) : nil
            case .failure(let fault): return .stopped(misdirected(read.call, reply, fault.reason))
            }
        }
        return .stopped(misdirected(read.call, nil, "it redirected more than \(Redirect.limit) times"))
    }

    private func misdirected(_ call: Call, _ reply: TransportReply?, _ reason: String) -> DecartError {
        call.about(
            DecartError(
                call.code,
                "The server was asked \(call.purpose), and \(reason). Check the address. \(call.reassurance)",
                status: reply?.status))
    }
}

/// A redirect as a GET may follow it.
package enum Redirect {
    /// How many in a row.
    static let limit = 5

    package struct Refusal: Error {
        var reason: String
    }

    static func isOne(_ status: Int) -> Bool { [301, 302, 303, 307, 308].contains(status) }

    /// Where it leads, if one may go there.
    package static func target(of location: String, from url: String) -> Result<String, Refusal> {
        // What could not be read as text would be another address by now.
        guard !location.unicodeScalars.contains("\u{FFFD}") else {
            return .failure(Refusal(reason: "it redirected to an address that is neither ASCII nor UTF-8"))
        }
        guard let base = URL(string: url),
            let next = URL(string: URLText.encoded(String(location.trimmingSpaces)), relativeTo: base)?.absoluteURL,
            let from = Origin(of: base), let to = Origin(of: next)
        else { return .failure(Refusal(reason: "it redirected to something that is not an http(s) URL")) }
        guard from.scheme == "http" || to.scheme == "https" else {
            return .failure(Refusal(reason: "it redirected from https to http, where anyone could read along"))
        }
        return .success(next.absoluteString)
    }
}
