using System.Diagnostics;
using System.Text;
using Quorate.Node.V1;
using Quorate.Rpc;
using Quorate.Rpc.Client;

namespace Quorate.Node.Tests.Processes;

/// <summary>One <c>quorate node run</c>, and the port that its operator asks it by.</summary>
sealed class NodeProcess : IDisposable
{
    static readonly Method<GetStatusRequest, NodeStatus> getStatus = new(NodeReflection.Descriptor.Services[0], "GetStatus");
    static readonly Method<SignRequest, SignReply> sign = new(NodeReflection.Descriptor.Services[0], "Sign");
    static readonly Method<FreezeRequest, FreezeReply> freeze = new(NodeReflection.Descriptor.Services[0], "Freeze");
    static readonly Method<LeadCeremonyRequest, CeremonyStatus> leadCeremony = new(NodeReflection.Descriptor.Services[0], "LeadCeremony");
    static readonly Method<GetCeremonyRequest, CeremonyStatus> getCeremony = new(NodeReflection.Descriptor.Services[0], "GetCeremony");

    readonly Process process;
    readonly StringBuilder errors = new();
    readonly TaskCompletionSource<Uri?> ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    RpcChannel? channel;

    NodeProcess(Process process) => this.process = process;

    /// <summary>Starts it and does not wait.</summary>
    internal static NodeProcess Begin(string directory, string keyFile, Launch? launch = null)
    {
        var node = new NodeProcess(new() { StartInfo = Executable.Arguments(launch, "node", "run", "--data", directory, "--key-file", keyFile), EnableRaisingEvents = true });
        node.process.OutputDataReceived += (_, line) => node.Hear(line.Data);
        node.process.ErrorDataReceived += (_, line) => node.errors.AppendLine(line.Data);
        node.process.Start();
        node.process.StandardInput.Close();
        node.process.BeginOutputReadLine();
        node.process.BeginErrorReadLine();
        return node;
    }

    internal static async Task<NodeProcess> StartAsync(string directory, string keyFile, Launch? launch = null)
    {
        var node = Begin(directory, keyFile, launch);
        Assert.True(await node.IsReadyAsync(), node.errors.ToString());
        return node;
    }

    /// <summary>What it has said on standard error.</summary>
    internal string Errors => errors.ToString();

    internal int Id => process.Id;

    /// <summary>Waits until it says that it is ready, or has ended.</summary>
    internal async Task<bool> IsReadyAsync()
    {
        var ended = process.WaitForExitAsync();
        await Task.WhenAny(ready.Task, ended).WaitAsync(TimeSpan.FromMinutes(2));
        return ready.Task.IsCompletedSuccessfully && ready.Task.Result is not null;
    }

    /// <summary>Waits for its end.</summary>
    internal async Task<int> ExitCodeAsync()
    {
        await process.WaitForExitAsync().WaitAsync(TimeSpan.FromMinutes(2));
        return process.ExitCode;
    }

    internal async Task<NodeStatus> StatusAsync() => await Channel.AsyncUnaryCall(getStatus, new(), Within(30));

    internal async Task<SignReply> SignAsync(SignRequest request, int seconds = 120) => await Channel.AsyncUnaryCall(sign, request, Within(seconds));

    internal async Task<FreezeReply> FreezeAsync(FreezeRequest request) => await Channel.AsyncUnaryCall(freeze, request, Within(30));

    internal async Task<CeremonyStatus> LeadAsync(LeadCeremonyRequest request) => await Channel.AsyncUnaryCall(leadCeremony, request, Within(30));

    internal async Task<CeremonyStatus> CeremonyAsync(string id) => await Channel.AsyncUnaryCall(getCeremony, new() { Id = id }, Within(30));

    /// <summary>kill −9.</summary>
    internal async Task KillAsync()
    {
        process.Kill();
        await ExitCodeAsync();
        channel?.Dispose();
        channel = null;
    }

    /// <summary>Sends it a signal, by its name without SIG.</summary>
    internal void Signal(string name)
    {
        using var kill = Process.Start("kill", [$"-{name}", $"{process.Id}"])!;
        kill.WaitForExit();
    }

    public void Dispose()
    {
        channel?.Dispose();
        if (!process.HasExited)
            process.Kill();
        process.Dispose();
    }

    /// <summary>Where it listens.</summary>
    internal Uri Address => ready.Task.Result!;

    RpcChannel Channel => channel ??= RpcChannel.ForAddress(ready.Task.Result!);

    static CallOptions Within(int seconds) => new(Deadline: DateTime.UtcNow.AddSeconds(seconds));

    void Hear(string? line)
    {
        if (line?.Split("  ", StringSplitOptions.RemoveEmptyEntries) is ["ready", _, var address])
            ready.TrySetResult(new(address));
    }
}
