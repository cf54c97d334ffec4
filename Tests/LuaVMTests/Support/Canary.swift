/// Counts what Swift must not skip: the end of an object's life and a `defer`.
final class Cage {
    private(set) var born = 0
    private(set) var died = 0
    private(set) var deferred = 0

    /// An object whose end is counted here.
    final class Canary {
        private let cage: Cage

        init(in cage: Cage) {
            self.cage = cage
            cage.born += 1
        }

        deinit { cage.died += 1 }
    }

    func leave() { deferred += 1 }

    /// Every canary is gone and every `defer` has run, and there was at least one of each.
    var isClean: Bool { born > 0 && died == born && deferred == born }
}
