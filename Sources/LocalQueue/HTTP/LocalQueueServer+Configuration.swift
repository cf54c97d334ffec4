import DecartAPI

extension LocalQueueServer {
    /// Where the server listens and how its queue behaves.
    public struct Configuration: Sendable {
        /// The default is reachable from this machine only.
        public var host: String
        /// 0: a free one, which `onReady` is given.
        public var port: Int
        /// The SQLite file that jobs are kept in, with a folder `<file>.files` beside it; nil: memory and a temporary folder.
        public var database: String?
        public var settings: QueueSettings
        public var clips: ClipMaker
        /// How long every reply is held back.
        public var latency: Duration
        /// The key that requests have to carry; nil: any or none.
        public var apiKey: String? {
            get { key?.secret }
            set { key = newValue.map(QueueKey.init) }
        }

        var key: QueueKey?
        /// The most bytes one upload may have.
        public var uploadLimit: Int
        /// Which browser pages may use the queue.
        public var cors = CORSPolicy.none

        public init(
            host: String = "127.0.0.1", port: Int = 0, database: String? = nil,
            settings: QueueSettings = QueueSettings(), clips: ClipMaker = .bestAvailable(), latency: Duration = .zero,
            apiKey: String? = nil, uploadLimit: Int = 4 * 1024 * 1024 * 1024
        ) {
            self.host = host
            self.port = port
            self.database = database
            self.settings = settings
            self.clips = clips
            self.latency = latency
            key = apiKey.map(QueueKey.init)
            self.uploadLimit = uploadLimit
        }
    }
}
