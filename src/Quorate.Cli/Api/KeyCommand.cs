using System.CommandLine;
using Google.Protobuf;
using Quorate.Cli.Ceremonies;
using Quorate.V1;

namespace Quorate.Cli.Api;

/// <summary><c>quorate key</c>: API keys.</summary>
static class KeyCommand
{
    static readonly Argument<string> id = ApiCommands.Id("key_");
    static readonly Option<FileInfo?> device = new("--device") { Description = "A device file (`quorate device new`): its public key, and its member." };
    static readonly Option<string?> publicKey = new("--public-key") { Description = "Or a public key in hexadecimal: 32 bytes of Ed25519, 64 of P-256." };
    static readonly Option<double?> hours = new("--hours") { Description = "For how long it is good; 90 days when absent." };
    static readonly Option<string[]> networks = new("--network") { Description = "A network that it is used from, address/length; any when absent.", AllowMultipleArgumentsPerToken = true };

    internal static Command Create()
    {
        var overlap = new Option<double?>("--overlap") { Description = "For how many hours the one before stays good, 168 at most; none when absent." };
        var reason = new Option<string?>("--reason") { Description = "Why." };
        return new("key",
            """
            API keys: who may call, as what, from where, until when. The server has public keys alone.

            Example:
              quorate key create --name back-office --device bob.device.json --role initiator viewer
            """)
        {
            New(),
            ApiCommands.List("list",
                """
                List the API keys.

                Example:
                  quorate key list
                """, "id name member roles networks revoked create_time", (session, _, cancellation) => session.Client.Keys.AllKeysAsync(null, cancellation)),
            ApiCommands.Ask("show",
                """
                Show an API key.

                Example:
                  quorate key show key_…
                """, (session, parsed, cancellation) => session.Client.Keys.GetKeyAsync(new() { ApiKey = parsed.GetValue(id)! }, null, cancellation), id),
            ApiCommands.Ask("whoami",
                """
                Show the key that signs your requests.

                Example:
                  quorate key whoami
                """, (session, _, cancellation) => session.Client.Keys.GetCallerAsync(null, null, cancellation)),
            ApiCommands.Ask("rotate",
                """
                Give a key another pair, under the same id.

                Example:
                  quorate key rotate key_… --device new.device.json --overlap 24
                """, (session, parsed, cancellation) =>
                {
                    var (bytes, _) = PublicKey(parsed);
                    return session.Client.Keys.RotateKeyAsync(new()
                    {
                        ApiKey = parsed.GetValue(id)!, PublicKey = bytes, Algorithm = Algorithm(bytes), OldUntil = Documents.FromNow(parsed.GetValue(overlap)), ExpireTime = Documents.FromNow(parsed.GetValue(hours)),
                    }, null, cancellation);
                }, id, device, publicKey, overlap, hours),
            ApiCommands.Ask("set-networks",
                """
                Say from where a key is used.

                Example:
                  quorate key set-networks key_… --network 10.0.0.0/8
                """, (session, parsed, cancellation) =>
                {
                    var request = new SetKeyNetworksRequest { ApiKey = parsed.GetValue(id)! };
                    request.Networks.Add(parsed.GetValue(networks) ?? []);
                    return session.Client.Keys.SetKeyNetworksAsync(request, null, cancellation);
                }, id, networks),
            ApiCommands.Ask("revoke",
                """
                End a key, at once and for ever.

                Example:
                  quorate key revoke key_… --reason "laptop lost"
                """, (session, parsed, cancellation) => session.Client.Keys.RevokeKeyAsync(
                    new() { ApiKey = parsed.GetValue(id)!, Reason = parsed.GetValue(reason) ?? "" }, null, cancellation), id, reason),
        };
    }

    static Command New()
    {
        var name = new Option<string>("--name") { Description = "What the key is called, unlike all others.", Required = true };
        var roles = new Option<Role[]>("--role") { Description = "viewer, initiator, approver, admin or auditor; several may be given.", Required = true, AllowMultipleArgumentsPerToken = true };
        var member = new Option<string?>("--member") { Description = "In whose name it acts; the device's member where there is a device." };
        return ApiCommands.Ask("create",
            """
            Let a public key call the API.

            Example:
              quorate key create --name back-office --device bob.device.json --role initiator viewer
            """, (session, parsed, cancellation) =>
            {
                var (bytes, owner) = PublicKey(parsed);
                var request = new CreateKeyRequest
                {
                    Name = parsed.GetValue(name)!, Member = parsed.GetValue(member) ?? owner ?? "", PublicKey = bytes, Algorithm = Algorithm(bytes), ExpireTime = Documents.FromNow(parsed.GetValue(hours)),
                };
                request.Roles.Add(parsed.GetValue(roles)!);
                request.Networks.Add(parsed.GetValue(networks) ?? []);
                return session.Client.Keys.CreateKeyAsync(request, null, cancellation);
            }, name, roles, device, publicKey, member, networks, hours);
    }

    static (ByteString Key, string? Member) PublicKey(ParseResult parsed)
    {
        var file = parsed.GetValue(device) is { } path ? DeviceFile.Read(path.FullName) : null;
        if (file is null == (parsed.GetValue(publicKey) is null))
            throw new CliException("Give either --device or --public-key.");
        try
        {
            return (ByteString.CopyFrom(Convert.FromHexString(file?.PublicKey ?? parsed.GetValue(publicKey)!)), file?.Member);
        }
        catch (FormatException wrong)
        {
            throw new CliException($"--public-key: {wrong.Message}");
        }
    }

    static string Algorithm(ByteString key) => key.Length == 64 ? "p256" : "ed25519";
}
