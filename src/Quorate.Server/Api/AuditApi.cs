using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Quorate.Journal;
using Quorate.Policies;
using Quorate.Rpc;
using Quorate.Rpc.Server;
using Quorate.Server.Audit;
using Quorate.Server.Views;
using Quorate.V1;

namespace Quorate.Server.Api;

/// <summary>quorate.v1.Audit.</summary>
sealed class AuditApi(ApiParts server)
{
    public Task<ListAuditEventsResponse> ListAuditEvents(ListAuditEventsRequest request, ServerCallContext context) => Answers.Of(async () =>
    {
        var (page, refusal) = await AuditTrail.ListAsync(
            server.Store.ReadModels, request.Since?.ToDateTimeOffset() ?? DateTimeOffset.UnixEpoch, request.Until?.ToDateTimeOffset() ?? DateTimeOffset.MaxValue,
            Answers.Text(request.Stream), Answers.Rows(request.PageSize), Answers.Text(request.PageToken), context.CancellationToken).ConfigureAwait(false);
        if (page is null)
            throw Answers.Problem(refusal!);
        var response = new ListAuditEventsResponse { NextPageToken = page.NextPageToken ?? "" };
        response.Events.Add(page.Items.Select(line => new AuditEvent
        {
            Position = line.Position, Time = Timestamp.FromDateTimeOffset(line.RecordedAt), Stream = line.Stream, Type = line.Type, Actor = line.Actor ?? "", Event = line.EventId,
        }));
        return response;
    });

    public Task ExportJournal(ExportJournalRequest request, IServerStreamWriter<ExportJournalResponse> responses, ServerCallContext context) => Answers.Of(async () =>
    {
        var journal = server.Store.Journal;
        var after = await HeadAsync(request, context.CancellationToken).ConfigureAwait(false);
        if (after is not null && await server.Cosigning.LastAsync(context.CancellationToken).ConfigureAwait(false) is { } last && last.Head.Position < after.Position)
            throw Answers.Problem(new("nothing_new", $"Nodes have co-signed nothing behind position {last.Head.Position} yet.", IsRetryable: true));
        using var file = new MessageStream(content => responses.WriteAsync(new() { Content = ByteString.CopyFrom(content.Span) }, context.CancellationToken));
        return await ServerJournal.ExportAsync(journal, file, after, context.CancellationToken).ConfigureAwait(false);
    });

    async Task<Head?> HeadAsync(ExportJournalRequest request, CancellationToken cancellation)
    {
        if (request.Position == 0 && request.Hash.Length == 0)
            return null;
        if (request.Position < 0 || !Digest.TryParse(request.Hash, out var hash))
            throw Answers.Invalid("/hash", "a position has the hash of the journal's head there, 64 hexadecimal digits.");
        var head = new Head(server.Store.Journal.Journal, request.Position, ChainHash.FromBytes(hash.ToArray()));
        try
        {
            await server.Store.Journal.ReadAsync(head, 1, cancellation).ConfigureAwait(false);
            return head;
        }
        catch (JournalCorruptException)
        {
            throw Answers.Invalid("/hash", $"the journal has no such head at position {request.Position}.");
        }
    }

    /// <summary>A file that goes out in messages.</summary>
    sealed class MessageStream(Func<ReadOnlyMemory<byte>, Task> write) : Stream
    {
        const int MaxSize = 64 << 10;

        public override bool CanRead => false;

        public override bool CanSeek => false;

        public override bool CanWrite => true;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            for (; !buffer.IsEmpty; buffer = buffer[Math.Min(MaxSize, buffer.Length)..])
                await write(buffer[..Math.Min(MaxSize, buffer.Length)]).ConfigureAwait(false);
        }

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override void Flush()
        {
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();
    }
}
