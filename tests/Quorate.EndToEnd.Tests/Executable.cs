using System.Diagnostics;
using System.Text;

namespace Quorate.EndToEnd.Tests;

/// <summary>The built <c>quorate</c>, as anybody runs it.</summary>
static class Executable
{
    internal static ProcessStartInfo Arguments(string folder, params string[] arguments) => new(
        Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet",
        [Path.Combine(AppContext.BaseDirectory, "quorate.dll"), .. arguments])
    {
        RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true, WorkingDirectory = folder,
    };

    /// <summary>Runs a command to its end.</summary>
    internal static async Task<(int ExitCode, string Output, string Errors)> RunAsync(string folder, params string[] arguments)
    {
        using var process = Process.Start(Arguments(folder, arguments))!;
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(3));
        return (process.ExitCode, await output, await errors);
    }

    /// <summary>Runs a command that has to succeed, and gives what it printed.</summary>
    internal static async Task<string> DoAsync(string folder, params string[] arguments)
    {
        var (exitCode, output, errors) = await RunAsync(folder, arguments);
        Assert.True(exitCode == 0, $"{string.Join(' ', arguments)}: {exitCode}\n{errors}");
        return output;
    }

    /// <summary>Starts one that runs until it is told to stop.</summary>
    internal static Running Start(string folder, params string[] arguments) => new(new() { StartInfo = Arguments(folder, arguments), EnableRaisingEvents = true });

    /// <summary>A process that has said, or will say, that it is ready.</summary>
    internal sealed class Running : IDisposable
    {
        readonly Process process;
        readonly StringBuilder errors = new();
        readonly TaskCompletionSource<string[]> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Running(Process process)
        {
            this.process = process;
            process.OutputDataReceived += (_, line) =>
            {
                if (line.Data?.Split("  ", StringSplitOptions.RemoveEmptyEntries) is ["ready", .. var rest])
                    ready.TrySetResult(rest);
            };
            process.ErrorDataReceived += (_, line) =>
            {
                lock (errors)
                    errors.AppendLine(line.Data);
            };
            process.Start();
            process.StandardInput.Close();
            process.BeginOutputReadLine();
            process.BeginErrorReadLine();
        }

        /// <summary>What it has said on standard error.</summary>
        internal string Errors
        {
            get
            {
                lock (errors)
                    return errors.ToString();
            }
        }

        internal bool HasExited => process.HasExited;

        /// <summary>Waits until it says that it is ready.</summary>
        /// <returns>What it says besides.</returns>
        internal async Task<string[]> ReadyAsync()
        {
            await Task.WhenAny(ready.Task, process.WaitForExitAsync()).WaitAsync(TimeSpan.FromMinutes(2));
            Assert.True(ready.Task.IsCompletedSuccessfully, Errors);
            return await ready.Task;
        }

        /// <summary>kill −9.</summary>
        internal async Task KillAsync()
        {
            process.Kill();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
        }

        /// <summary>SIGTERM, and its exit code.</summary>
        internal async Task<int> StopAsync()
        {
            using (var kill = Process.Start("kill", ["-TERM", $"{process.Id}"])!)
                await kill.WaitForExitAsync();
            await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(1));
            return process.ExitCode;
        }

        public void Dispose()
        {
            if (!process.HasExited)
                process.Kill();
            process.Dispose();
        }
    }
}
