extension ScriptOptions {
    /// How the program is called.
    static func synopsis(program: String) -> String {
        """
        usage: \(program) [options] [script [args]]
               \(program) serve [options]
               \(program) test [options] [files]
               \(program) lab [options] policy.lua...
        """
    }

    /// Everything that `--help` tells.
    static func usage(program: String) -> String {
        """
        \(synopsis(program: program))
        Available options are:
          -e stat           execute string 'stat'; decart is there already
          -i                enter interactive mode after executing 'script'
          -l mod            require library 'mod' into global 'mod'
          -l g=mod          require library 'mod' into global 'g'
          -v, --version     show version information
          -E                ignore Lua's environment variables
          -W                turn warnings on
          --local           start a queue on this machine and use it: no key, no network
          --base-url URL    talk to this server
          --policy FILE     wait for jobs by the policy that this file returns
          --virtual-time    with --local: let time pass only when nothing else can be done
          --seed N          make chance the same in every run
          --scenario FILE   with --local: let this file say what becomes of each job
          --web[=PORT]      show the script's document as a page in the browser, on a free port unless given
          --web-host ADDR   serve that page on this address instead of 127.0.0.1
          --page FILE       serve this page of yours, whose ids the script then drives
          --log-level L     trace, debug, info, notice, warning (the default), error or critical
          --ui MODE         show the document as auto (the default), tty, plain, json or none
          --color WHEN      auto (the default), always or never
          --bytecode        let scripts load precompiled Lua
          --help            show this text
          --                stop handling options
          -                 stop handling options and execute stdin
        The key is taken from DECART_API_KEY unless the script gives one.
        """
    }
}
