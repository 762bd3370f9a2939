using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Google.Protobuf.WellKnownTypes;
using Quorate.Cryptography.Secrets;
using Quorate.Policies;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.Ids;
using Quorate.V1;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Api;

/// <summary>
/// quorate.v1.Passkeys: approvals by WebAuthn. The server says what is to be signed and takes what comes back to pieces;
/// what counts is verified where the other approvals are, and by every node.
/// </summary>
sealed class PasskeysApi(ApiParts server, TransfersApi transfers, GovernanceApi governance)
{
    const int TimeoutMilliseconds = 5 * 60 * 1_000, ChallengeSize = 32;

    // COSE's number of ECDSA with SHA-256.
    const int Es256 = -7;

    public Task<AssertionOptions> GetAssertionOptions(GetAssertionOptionsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (member, membership) = (Caller.Of(context).ActingAs("", "/member"), server.Deployment.Current.Membership);
        var hash = await HashOfAsync(request.Subject, context).ConfigureAwait(false);
        var passkeys = Passkeys(membership, member).Where(p => p.SpeaksAt(server.Now)).ToArray();
        if (passkeys.Length == 0)
            throw Answers.Problem(new("no_passkey", $"{member} has no passkey that speaks now."));
        return new AssertionOptions
        {
            Hash = hash.ToString(),
            Options = Document(new JsonObject
            {
                ["challenge"] = Base64Url.EncodeToString(hash.ToArray()), ["rpId"] = membership.RelyingParty.Id, ["timeout"] = TimeoutMilliseconds,
                ["userVerification"] = "required", ["allowCredentials"] = Credentials(passkeys),
            }),
        };
    });

    public Task<Assertion> CreateAssertion(CreateAssertionRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var member = Caller.Of(context).ActingAs("", "/member");
        var response = Response(request.Credential, out var id);
        var device = Passkeys(server.Deployment.Current.Membership, member).FirstOrDefault(p => p.Credential.Id.Span.SequenceEqual(id))
            ?? throw Answers.Problem(new("unknown_passkey", $"{member} has no such passkey."));
        var approval = new Approval.Assertion(
            member, device.Id, Bytes(response, "clientDataJSON"), Bytes(response, "authenticatorData"), Bytes(response, "signature"));
        var array = Encoding.UTF8.GetString(ApprovalJson.Write([approval]));
        var document = Struct.Parser.ParseJson(array[1..^1]);
        // The answer is this method's and not that of the one that takes the approval.
        IdempotentCall.Defer(context);
        await (KindOf(request.Subject) switch
        {
            ResourceKind.Ceremony => (Task)governance.ApproveCeremony(new() { Ceremony = request.Subject, Approval = document }, Require(Role.Admin, context)),
            ResourceKind.Act => governance.ApproveAct(new() { Act = request.Subject, Approval = document }, Require(Role.Admin, context)),
            _ => transfers.ApproveTransfer(new() { Transfer = request.Subject, Approval = document }, Require(Role.Approver, context)),
        }).ConfigureAwait(false);
        return new Assertion { Subject = request.Subject, Member = member, Device = device.Id, Approval = document };
    });

    public Task<RegistrationOptions> GetRegistrationOptions(GetRegistrationOptionsRequest request, ServerCallContext context) => Answers.Of(() =>
    {
        var (member, pinned) = (Caller.Of(context).ActingAs("", "/member"), server.Deployment.Current);
        Span<byte> challenge = stackalloc byte[ChallengeSize];
        SystemRandom.Shared.Fill(challenge);
        // An authenticator keeps one credential for each of these; it says nothing of whom it stands for.
        var user = SHA256.HashData(Encoding.UTF8.GetBytes($"{pinned.Genesis.Hash} {member}"));
        return Task.FromResult(new RegistrationOptions
        {
            Options = Document(new JsonObject
            {
                ["challenge"] = Base64Url.EncodeToString(challenge), ["timeout"] = TimeoutMilliseconds, ["attestation"] = "none",
                ["rp"] = new JsonObject { ["id"] = pinned.Membership.RelyingParty.Id, ["name"] = pinned.Genesis.Organisation },
                ["user"] = new JsonObject { ["id"] = Base64Url.EncodeToString(user), ["name"] = member, ["displayName"] = member },
                ["pubKeyCredParams"] = new JsonArray(new JsonObject { ["type"] = "public-key", ["alg"] = Es256 }),
                ["authenticatorSelection"] = new JsonObject { ["userVerification"] = "required", ["residentKey"] = "preferred" },
                ["excludeCredentials"] = Credentials(Passkeys(pinned.Membership, member)),
            }),
        });
    });

    public Task<Registration> VerifyRegistration(VerifyRegistrationRequest request, ServerCallContext context) => Answers.Of(() =>
    {
        if (!Naming.IsValid(request.Device))
            throw Answers.Invalid("/device", "a device's name: letters, digits, '.', '_' and '-'.");
        var response = Response(request.Credential, out _);
        if (PasskeyCredential.Register(
            Bytes(response, "clientDataJSON"), Bytes(response, "attestationObject"), Decode(request.Challenge, "/challenge"),
            server.Deployment.Current.Membership.RelyingParty, out var credential) is { } fault)
            throw Answers.Problem(new("registration_refused", $"The registration does not count: {fault}."));
        return Task.FromResult(new Registration
        {
            Device = Document(new JsonObject
            {
                ["id"] = request.Device,
                ["passkey"] = new JsonObject
                {
                    ["credential"] = Convert.ToHexStringLower(credential!.Id.Span), ["publicKey"] = Convert.ToHexStringLower(credential.PublicKey.Encoded.Span),
                    ["backupEligible"] = credential.IsBackupEligible, ["signCount"] = credential.SignCount,
                },
            }),
        });
    });

    async Task<Digest> HashOfAsync(string subject, ServerCallContext context) => KindOf(subject) switch
    {
        ResourceKind.Ceremony => (await server.Store.Ceremonies.FindAsync(subject, ResourceKind.Ceremony, context).ConfigureAwait(false)).State.Hash,
        ResourceKind.Act => (await server.Store.Acts.FindAsync(subject, ResourceKind.Act, context).ConfigureAwait(false)).State.Hash,
        _ => TransfersApi.Approved((await transfers.FindAsync(subject, context, "/subject").ConfigureAwait(false)).State).Hash,
    };

    static ResourceKind KindOf(string subject) => ResourceId.TryParse(subject, out var id) ? id.Kind : throw Answers.Invalid("/subject", "no id.");

    static ServerCallContext Require(Role role, ServerCallContext context)
    {
        Caller.Of(context).Require(role);
        return context;
    }

    static IEnumerable<Device.Passkey> Passkeys(Membership membership, string member) => membership.DevicesOf(member).OfType<Device.Passkey>();

    static JsonArray Credentials(IEnumerable<Device.Passkey> passkeys) =>
        new([.. passkeys.Select(p => new JsonObject { ["type"] = "public-key", ["id"] = Base64Url.EncodeToString(p.Credential.Id.Span) })]);

    // PublicKeyCredential as its toJSON has it: an id, and a response of binary members in base64url.
    static JsonElement Response(Struct? message, out byte[] id)
    {
        var credential = Answers.Json(message, "/credential");
        id = Bytes(credential, "rawId");
        return credential.TryGetProperty("response", out var response) && response.ValueKind == JsonValueKind.Object
            ? response : throw Answers.Invalid("/credential/response", "it is missing.");
    }

    static byte[] Bytes(JsonElement of, string name) =>
        of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? Decode(value.GetString()!, $"/credential/{name}") : throw Answers.Invalid($"/credential/{name}", "it is missing.");

    static byte[] Decode(string text, string pointer) => Answers.Read(() => Base64Url.DecodeFromChars(text), pointer);

    static Struct Document(JsonObject json) => Struct.Parser.ParseJson(json.ToJsonString());
}
