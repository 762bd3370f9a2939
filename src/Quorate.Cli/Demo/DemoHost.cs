using System.Diagnostics;
using Quorate.Cli.Local;

namespace Quorate.Cli.Demo;

/// <summary>The organisation that the story is told with: one that runs, or one that is started for it.</summary>
sealed class DemoHost : IAsyncDisposable
{
    static readonly TimeSpan stopPatience = TimeSpan.FromSeconds(60);

    readonly Process? up;

    DemoHost(LocalPaths paths, LocalProfile profile, Process? up) => (Paths, Profile, this.up) = (paths, profile, up);

    internal LocalPaths Paths { get; }

    internal LocalProfile Profile { get; }

    /// <summary>Finds the one that runs in the folder, or starts it there; it goes with this process, however that ends.</summary>
    /// <param name="paths">The folder.</param>
    /// <param name="arguments">What to start it with besides.</param>
    /// <param name="step">Hears of the start.</param>
    /// <param name="cancellation">Gives up.</param>
    internal static async Task<DemoHost> OpenAsync(LocalPaths paths, string[] arguments, DemoStep step, CancellationToken cancellation)
    {
        if (LocalLock.IsTaken(paths) && LocalProfile.Read(paths) is { Running: not null } running)
        {
            step.Say($"running already, in {paths.Root}");
            return new(paths, running, null);
        }
        var up = new Process { StartInfo = LocalProgram.Own("up", ["up", "--data", paths.Root, StopSignals.UntilEndOfInput.Name, .. arguments]).ToStart() };
        up.Start();
        try
        {
            var errors = up.StandardError.ReadToEndAsync(CancellationToken.None);
            while (await up.StandardOutput.ReadLineAsync(cancellation) is { } line)
            {
                if (line.StartsWith("Ready", StringComparison.Ordinal))
                {
                    _ = up.StandardOutput.ReadToEndAsync(CancellationToken.None);
                    return new(paths, LocalProfile.Read(paths)!, up);
                }
                if (line.Length > 0)
                    step.Status(line.Trim());
            }
            throw new CliException($"`quorate up` does not start. {(await errors).Trim()}");
        }
        catch
        {
            await StopAsync(up);
            throw;
        }
    }

    /// <summary>Stops it, if it was started for this.</summary>
    public ValueTask DisposeAsync() => up is null ? ValueTask.CompletedTask : new(StopAsync(up));

    static async Task StopAsync(Process up)
    {
        using (up)
        {
            up.StandardInput.Close();
            await Task.WhenAny(up.WaitForExitAsync(CancellationToken.None), Task.Delay(stopPatience));
            if (!up.HasExited)
                up.Kill(entireProcessTree: true);
        }
    }
}
