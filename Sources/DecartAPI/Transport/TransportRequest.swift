/// One request, ready to be sent.
public struct TransportRequest: Sendable {
    public enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case delete = "DELETE"
    }

    /// What is sent behind the headers.
    public enum Body: Sendable {
        case none
        case json(JSONValue)
        case form(MultipartForm)
    }

    public var method: Method
    /// An absolute `http(s)` URL. The in-process queue looks only at what follows the host.
    public var url: String
    /// Header names in lower case, in the order to send them. Length and content type of the body are the
    /// transport's to add.
    public var headers: [(name: String, value: String)]
    public var body: Body
    /// How long the exchange may go without a byte either way.
    public var idleTimeout: Duration
    /// False: the reply's body is collected and comes as `.bytes`. True: it comes as a `.stream` to be read.
    public var streamsReply: Bool
    /// True for a submit: such a request takes a fresh connection, since an idle one may be half closed, and a POST
    /// lost in it could not be told from one that was taken.
    public var needsFreshConnection: Bool
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
