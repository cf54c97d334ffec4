import Logging

extension Logger {
    /// For the group that runs a service: what it says below `notice` is of each service's coming and going, and not of
    /// what the service is for.
    var ofServices: Logger {
        var logger = self
        logger.logLevel = max(logger.logLevel, .notice)
        return logger
    }
}
