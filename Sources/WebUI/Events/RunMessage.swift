/// The state of the run as `notices.js` reads it.
struct RunMessage: Encodable {
    var status: RunNews.Status
    var errors: [String]

    init(_ news: RunNews) {
        status = news.status
        errors = news.errors
    }
}
