using System.CommandLine;
using System.Net;

namespace Quorate.Cli.Telemetry;

/// <summary><c>quorate health</c>: asks a process whether it can do its work, where nothing else is there to ask with.</summary>
static class HealthCommand
{
    internal static Command Create()
    {
        var address = new Argument<string>("ADDRESS") { Description = "Address and port of its telemetry.metrics.", DefaultValueFactory = _ => "127.0.0.1:9464" };
        var command = new Command("health",
            """
            Ask a running server, relay or node whether it is ready, and what is not. Exit code 0: it is; 1: it is not, and why;
            3: it does not answer.

            Example:
              quorate health 127.0.0.1:9464
            """)
        {
            address,
        };
        command.SetAction((parsed, cancellation) => AskAsync(parsed.GetValue(address)!, cancellation));
        return command;
    }

    static async Task<int> AskAsync(string address, CancellationToken cancellation)
    {
        if (!IPEndPoint.TryParse(address, out var end) || end.Port == 0)
            throw new CliException($"{address} is no address and port.");
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(5), MaxResponseContentBufferSize = 1 << 20 };
        var answer = await Readiness.AskAsync(http, new Uri($"http://{end}"), cancellation);
        foreach (var check in answer.Checks)
            Console.WriteLine(check);
        return answer.IsReady ? 0 : CliException.Negative;
    }
}
