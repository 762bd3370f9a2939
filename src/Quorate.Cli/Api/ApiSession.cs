using System.CommandLine;
using Quorate.Cli.Ceremonies;
using Quorate.Client;
using Quorate.Client.Signing;
using Quorate.Cryptography.Signatures;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Security;

namespace Quorate.Cli.Api;

/// <summary>The wallet server's API from a shell, asked by a member with a device file, which signs requests and approvals.</summary>
sealed class ApiSession : IDisposable
{
    readonly RequestKey key;
    readonly Ed25519Key device;
    readonly DeviceFile file;

    ApiSession(QuorateClient client, RequestKey key, Ed25519Key device, DeviceFile file, bool isJson) =>
        (Client, this.key, this.device, this.file, IsJson) = (client, key, device, file, isJson);

    static readonly Option<string?> profile = new("--profile")
    {
        Description = $"File that says where the API is and who asks; otherwise $QUORATE_PROFILE, {Profile.LocalDirectory}/{Profile.FileName} (of `quorate up`), or one's own (`quorate profile set`).",
    };

    internal static Option<string?> Url { get; } = new("--api") { Description = "The API's address for gRPC: http://127.0.0.1:7080. Instead of the profile's." };

    internal static Option<string?> KeyId { get; } = new("--key-id") { Description = "The API key's id. Instead of the profile's." };

    internal static Option<FileInfo?> KeyFile { get; } = new("--api-key") { Description = "The device file that signs requests and approvals. Instead of the profile's." };

    internal static Option<string?> Pin { get; } = new("--pin") { Description = "The key that the API has to show: sha256/ and base 64. Instead of the profile's." };

    internal static Option<bool> Json { get; } = new("--json") { Description = "Print JSON, one object a line, as the API has it." };

    /// <summary>What every command that asks the API takes.</summary>
    internal static Option[] Options { get; } = [profile, Url, KeyId, KeyFile, Pin, Passphrase.FileOption, Json];

    internal QuorateClient Client { get; }

    /// <summary>Whether answers are printed for programs.</summary>
    internal bool IsJson { get; }

    /// <summary>Whose device it is.</summary>
    internal string Member => file.Member;

    /// <summary>Does what a command asks of the API; what is refused there ends the command with the code and what it means for a script.</summary>
    internal static async Task<int> RunAsync(ParseResult parsed, Func<ApiSession, Task<int>> work)
    {
        using var session = Open(parsed);
        try
        {
            return await work(session);
        }
        catch (QuorateException refused)
        {
            var wrong = string.Concat(refused.Errors.Select(e => $"\n  {e.Pointer}: {e.Message}"));
            throw new CliException($"{refused.Message} [{refused.Code}]{wrong}", refused.Status switch
            {
                StatusCode.NotFound => CliException.NotFound,
                StatusCode.Unauthenticated or StatusCode.PermissionDenied => CliException.NotAllowed,
                _ => refused.IsRetryable && refused.Status is StatusCode.Unavailable or StatusCode.DeadlineExceeded ? CliException.Aborted : CliException.Negative,
            });
        }
    }

    /// <summary>The member's approval of a hash.</summary>
    internal Approval Approve(Digest hash) => file.Approve(device, hash);

    static ApiSession Open(ParseResult parsed)
    {
        var known = parsed.GetValue(profile) is null && parsed.GetValue(Url) is not null && parsed.GetValue(KeyId) is not null && parsed.GetValue(KeyFile) is not null
            ? null
            : Profile.Find(parsed.GetValue(profile));
        var url = parsed.GetValue(Url) ?? known?.Api ?? throw Missing(Url);
        var id = parsed.GetValue(KeyId) ?? known?.KeyId ?? throw Missing(KeyId);
        var path = parsed.GetValue(KeyFile)?.FullName ?? known?.KeyFile ?? throw Missing(KeyFile);
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https"))
            throw new CliException($"{url} is no http or https address.");
        var tls = TlsFor(address, parsed.GetValue(Pin) ?? known?.Pin);
        var file = DeviceFile.Read(path);
        var device = file.Open(path, () => Passphrase.Read(parsed, isNew: false));
        using var seed = device.ExportSeed();
        var key = RequestKey.Ed25519(id, seed.Expose());
        try
        {
            return new(new(address, key, new() { Tls = tls }), key, device, file, parsed.GetValue(Json));
        }
        catch (ArgumentException wrong)
        {
            key.Dispose();
            device.Dispose();
            throw new CliException(wrong.Message);
        }
    }

    static RpcTls? TlsFor(Uri address, string? pin)
    {
        try
        {
            return pin is null ? null : address.Scheme == "https"
                ? new() { PeerPins = new HashSet<SpkiPin> { SpkiPin.Parse(pin) } }
                : throw new CliException($"{address} is clear text, where a pin does nothing.");
        }
        catch (FormatException wrong)
        {
            throw new CliException(wrong.Message);
        }
    }

    static CliException Missing(Option option) => new(
        $"{option.Name} is missing, and there is no profile: `quorate up` leaves one, `quorate profile set` writes one.");

    public void Dispose()
    {
        Client.Dispose();
        key.Dispose();
        device.Dispose();
    }
}
