using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Rpc.Server;
using Quorate.Server.Access;
using Quorate.Server.ApiKeys;
using Quorate.Server.Ids;
using Quorate.Server.Recording;
using Quorate.V1;
using ApiKey = Quorate.V1.ApiKey;
using Role = Quorate.Server.ApiKeys.Role;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Keys.</summary>
sealed class KeysApi(ApiParts server)
{
    /// <summary>How long a key pair is good that nobody says it of.</summary>
    static readonly TimeSpan usualLifetime = TimeSpan.FromDays(90);

    public Task<ApiKey> CreateKey(CreateKeyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var id = server.Store.Ids.Next(ResourceKind.ApiKey);
        context.HttpStatusCode = 201;
        return await DoAsync(id, new ApiKeyCommand.Issue(
            server.Now, id, request.Name, Answers.Text(request.Member), AlgorithmOf(request.Algorithm), new(request.PublicKey.Memory),
            [.. request.Roles.Select(r => System.Enum.IsDefined((Role)r) ? (Role)r : throw Answers.Invalid("/roles", "no role."))], [.. request.Networks],
            request.ExpireTime?.ToDateTimeOffset() ?? server.Now + usualLifetime, Caller.Of(context).Name), context).ConfigureAwait(false);
    });

    public Task<ApiKey> GetKey(GetKeyRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (state, version) = await server.Store.ApiKeys.FindAsync(request.ApiKey, ResourceKind.ApiKey, context).ConfigureAwait(false);
        return Message(state, version);
    });

    public Task<ListKeysResponse> ListKeys(ListKeysRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var response = new ListKeysResponse();
        response.NextPageToken = await server.Store.ListAsync(
            server.Store.ApiKeys, "api-key", null, request.PageSize, request.PageToken, (state, version) => response.Keys.Add(Message(state, version)), context).ConfigureAwait(false);
        return response;
    });

    public Task<ApiKey> RotateKey(RotateKeyRequest request, ServerCallContext context) => DoAsync(request.ApiKey, new ApiKeyCommand.Rotate(
        server.Now, AlgorithmOf(request.Algorithm), new(request.PublicKey.Memory), request.OldUntil?.ToDateTimeOffset() ?? server.Now,
        request.ExpireTime?.ToDateTimeOffset() ?? server.Now + usualLifetime), context);

    public Task<ApiKey> SetKeyNetworks(SetKeyNetworksRequest request, ServerCallContext context) =>
        DoAsync(request.ApiKey, new ApiKeyCommand.SetNetworks(server.Now, [.. request.Networks]), context);

    public Task<ApiKey> RevokeKey(RevokeKeyRequest request, ServerCallContext context) =>
        DoAsync(request.ApiKey, new ApiKeyCommand.Revoke(server.Now, Caller.Of(context).Name, request.Reason), context);

    public Task<ApiKey> GetCaller(GetCallerRequest request, ServerCallContext context) =>
        GetKey(new() { ApiKey = Caller.Of(context).Key.ToString() }, context);

    Task<ApiKey> DoAsync(string key, ApiKeyCommand command, ServerCallContext context) => Answers.Of(() => DoAsync(Answers.Id(key, ResourceKind.ApiKey, "/apiKey"), command, context));

    Task<ApiKey> DoAsync(ResourceId id, ApiKeyCommand command, ServerCallContext context) => server.Store.ApiKeys.DoAsync(id, command, Message, context);

    static KeyAlgorithm AlgorithmOf(string text) => text switch
    {
        "" or "ed25519" => KeyAlgorithm.Ed25519,
        "p256" => KeyAlgorithm.P256,
        _ => throw Answers.Invalid("/algorithm", "it is ed25519 or p256."),
    };

    static ApiKey Message(ApiKeys.ApiKey key, long version)
    {
        var message = new ApiKey
        {
            Id = key.Id.ToString(), Name = key.Name, Member = key.Member ?? "", Revoked = key.IsRevoked, Version = version, CreateTime = Timestamp.FromDateTimeOffset(key.Id.MadeAt),
        };
        message.Roles.Add(key.Roles.Select(r => (V1.Role)r));
        message.Networks.Add(key.Networks);
        message.PublicKeys.Add(key.Keys.Select(k => new V1.PublicKey
        {
            Algorithm = SnakeCase.Text(k.Algorithm), Key = ByteString.CopyFrom(k.PublicKey.Bytes.Span), ExpireTime = Timestamp.FromDateTimeOffset(k.Until),
        }));
        return message;
    }
}
