using System.Collections.Concurrent;
using System.ComponentModel;
using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Quorate.Testing.Interop;

/// <summary>
/// A child process that answers one line of JSON with one line of JSON. Requests from several threads take turns. The
/// child ends when its standard input closes, which happens at the latest when this process ends.
/// </summary>
public sealed class JsonLineProcess : IDisposable
{
    readonly string name;
    readonly TimeSpan timeout;
    readonly Lock turn = new();
    readonly Process process;
    readonly BlockingCollection<string> answers = [];
    readonly ConcurrentQueue<string> complaints = [];
    readonly Thread[] readers;
    long lastId;

    /// <summary>Starts <paramref name="program"/> with <paramref name="script"/> as its only argument.</summary>
    /// <exception cref="InvalidOperationException">The program is not installed.</exception>
    public JsonLineProcess(string program, string script, TimeSpan timeout)
    {
        this.timeout = timeout;
        name = $"{program} {Path.GetFileName(script)}";
        process = new Process
        {
            StartInfo = new ProcessStartInfo(program, [script])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
                UseShellExecute = false,
            },
        };
        try
        {
            process.Start();
        }
        catch (Win32Exception e)
        {
            throw new InvalidOperationException($"`{program}` does not start. ./test installs it.", e);
        }
        // Threads of their own: callers may be holding every thread of the pool while they wait for an answer.
        readers =
        [
            Read(process.StandardOutput, answers.Add, answers.CompleteAdding),
            Read(process.StandardError, complaints.Enqueue, () => { }),
        ];
    }

    /// <summary>Sends one request and returns its result, which may be a JSON null.</summary>
    /// <exception cref="InvalidOperationException">The child refused the request, or it is gone.</exception>
    /// <exception cref="TimeoutException">No answer in time; the child is stopped and every later call fails.</exception>
    public JsonNode? Call(string operation, JsonObject arguments)
    {
        lock (turn)
        {
            var id = ++lastId;
            arguments["id"] = id;
            arguments["op"] = operation;
            try
            {
                process.StandardInput.WriteLine(arguments.ToJsonString());
                process.StandardInput.Flush();
            }
            catch (IOException)
            {
                throw Gone();
            }
            return Result(operation, id, Next(operation));
        }
    }

    /// <summary>Stops the child.</summary>
    public void Dispose()
    {
        process.Kill();
        foreach (var reader in readers)
            reader.Join();
        process.Dispose();
        answers.Dispose();
    }

    static Thread Read(StreamReader reader, Action<string> take, Action end)
    {
        var thread = new Thread(() =>
        {
            while (reader.ReadLine() is { } line)
                take(line);
            end();
        })
        { IsBackground = true };
        thread.Start();
        return thread;
    }

    string Next(string operation)
    {
        if (answers.TryTake(out var line, timeout))
            return line;
        if (answers.IsCompleted)
            throw Gone();
        process.Kill();
        throw new TimeoutException($"{name} did not answer {operation} within {timeout.TotalSeconds} s.");
    }

    JsonNode? Result(string operation, long id, string line)
    {
        var answer = JsonNode.Parse(line)!.AsObject();
        if ((long?)answer["id"] != id)
            throw new InvalidOperationException($"{name} answered out of turn: {line}");
        return answer["error"] is { } error
            ? throw new InvalidOperationException($"{name} refused {operation}: {error}")
            : answer["result"];
    }

    InvalidOperationException Gone()
    {
        foreach (var reader in readers)
            reader.Join(timeout);
        return new($"{name} has ended. {string.Join('\n', complaints)}");
    }
}
