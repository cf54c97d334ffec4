/// One request, ready to be sent.
public struct TransportRequest: Sendable {
    public enum Method: String, Sendable, CaseIterable {
        case get = "GET"
        case head = "HEAD"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case options = "OPTIONS"
    }

    /// What is sent after the headers.
    public enum Body: Sendable {
        case none
        case json(JSONValue)
        /// As they are; their content type is among the headers, if they have one.
        case bytes([UInt8])
        case form(MultipartForm)
    }

    /// Which try after the first a request is.
    public struct Retry: Hashable, Sendable {
        /// 1 for the second try.
        public var number: Int
        /// What the try before came to, such as "status 503".
        public var reason: String

        public init(number: Int, reason: String) {
            self.number = number
            self.reason = reason
        }
    }

    public var method: Method
    /// An absolute `http(s)` URL. The in-process queue reads only what follows the host.
    public var url: String
    /// Header names in lower case, in the order to send them. Length and content type of the body are the
    /// transport's to add.
    public var headers: [(name: String, value: String)]
    public var body: Body
    /// How long the exchange may go without a byte either way. A collected reply, or the body of a refusal, must be
    /// complete within this time after its head.
    public var idleTimeout: Duration
    /// False: the reply's body is collected and comes as `.bytes`. True: it comes as a `.stream` to be read.
    public var streamsReply: Bool
    /// True for a submit: such a request takes a fresh connection, since an idle one may be half closed, and a POST
    /// lost in it could not be told from one that was taken.
    public var needsFreshConnection: Bool
    /// Set for a request that is sent again: for those who watch, the transport has no use for it.
    public var retry: Retry?
    /// Called once, when the request's first bytes have been handed to the network: from here on the server may act
    /// on it. Never called for a request that ends in `neverSent`. It may run on any thread and must be short.
    public var onSending: (@Sendable () -> Void)?

    public init(
        _ method: Method, url: String, headers: [(name: String, value: String)] = [], body: Body = .none,
        idleTimeout: Duration = .seconds(60), streamsReply: Bool = false, needsFreshConnection: Bool = false,
        onSending: (@Sendable () -> Void)? = nil
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.idleTimeout = idleTimeout
        self.streamsReply = streamsReply
        self.needsFreshConnection = needsFreshConnection
        self.onSending = onSending
    }
}
