import Glibc

/// `--cpu` and `--time`: the kernel counts, and sends the signal that ends a run which has used up what it had.
struct RunLimitAlarms {
    private let limits: RunLimits
    private let isLimitedAlready: Bool

    /// - Parameter isLimitedAlready: whether the processor time of this process is.
    init(_ limits: RunLimits, isLimitedAlready: Bool) {
        self.limits = limits
        self.isLimitedAlready = isLimitedAlready
    }

    func start() {
        if let seconds = limits.processorSeconds, !isLimitedAlready {
            var limit = rlimit()
            if getrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit) == 0 {
                limit.rlim_cur = min(limit.rlim_max, rlim_t(seconds))
                setrlimit(__rlimit_resource_t(RLIMIT_CPU.rawValue), &limit)
            }
        }
        if let seconds = limits.seconds {
            var timer = itimerval()
            timer.it_value.tv_sec = seconds
            setitimer(__itimer_which_t(ITIMER_REAL.rawValue), &timer, nil)
        }
    }
}
