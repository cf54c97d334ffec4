/// The run's news as `notices.js` reads them.
struct RunMessage: Encodable {
    var status: RunNews.Status
    var errors: [String]

    init(_ news: RunNews) {
        status = news.status
        errors = news.errors
    }
}
