// Reserves stock over gRPC from Go. It learns the contract from the server itself, by reflection.
//
//	go run . 127.0.0.1:9090 85123A order-1
package main

import (
	"context"
	"fmt"
	"log"
	"os"
	"time"

	"google.golang.org/genproto/googleapis/rpc/errdetails"
	"google.golang.org/grpc"
	"google.golang.org/grpc/credentials/insecure"
	"google.golang.org/grpc/metadata"
	"google.golang.org/grpc/reflection/grpc_reflection_v1"
	"google.golang.org/grpc/status"
	"google.golang.org/protobuf/encoding/protojson"
	"google.golang.org/protobuf/proto"
	"google.golang.org/protobuf/reflect/protodesc"
	"google.golang.org/protobuf/reflect/protoreflect"
	"google.golang.org/protobuf/types/descriptorpb"
	"google.golang.org/protobuf/types/dynamicpb"
)

const serviceName = "holdfast.inventory.v1.InventoryService"

// describe asks the server for the files that describe a service.
func describe(ctx context.Context, connection *grpc.ClientConn) (protoreflect.ServiceDescriptor, error) {
	stream, err := grpc_reflection_v1.NewServerReflectionClient(connection).ServerReflectionInfo(ctx)
	if err != nil {
		return nil, err
	}
	question := &grpc_reflection_v1.ServerReflectionRequest_FileContainingSymbol{FileContainingSymbol: serviceName}
	if err := stream.Send(&grpc_reflection_v1.ServerReflectionRequest{MessageRequest: question}); err != nil {
		return nil, err
	}
	answer, err := stream.Recv()
	if err != nil {
		return nil, err
	}
	set := &descriptorpb.FileDescriptorSet{}
	for _, bytes := range answer.GetFileDescriptorResponse().GetFileDescriptorProto() {
		file := &descriptorpb.FileDescriptorProto{}
		if err := proto.Unmarshal(bytes, file); err != nil {
			return nil, err
		}
		set.File = append(set.File, file)
	}
	files, err := protodesc.NewFiles(set)
	if err != nil {
		return nil, err
	}
	found, err := files.FindDescriptorByName(serviceName)
	if err != nil {
		return nil, err
	}
	return found.(protoreflect.ServiceDescriptor), stream.CloseSend()
}

func main() {
	if len(os.Args) < 4 {
		log.Fatal("usage: go run . <host:port> <SKU> <order>, such as 127.0.0.1:3001 85123A order-1")
	}
	address, skuID, orderID := os.Args[1], os.Args[2], os.Args[3]
	ctx, cancel := context.WithTimeout(context.Background(), 30*time.Second)
	defer cancel()
	connection, err := grpc.NewClient(address, grpc.WithTransportCredentials(insecure.NewCredentials()))
	if err != nil {
		log.Fatal(err)
	}
	defer connection.Close()
	service, err := describe(ctx, connection)
	if err != nil {
		log.Fatal(err)
	}
	call := func(name, message, key string) (*dynamicpb.Message, error) {
		method := service.Methods().ByName(protoreflect.Name(name))
		request, answer := dynamicpb.NewMessage(method.Input()), dynamicpb.NewMessage(method.Output())
		if err := protojson.Unmarshal([]byte(message), request); err != nil {
			return nil, err
		}
		sent := metadata.AppendToOutgoingContext(ctx, "idempotency-key", key)
		return answer, connection.Invoke(sent, "/"+serviceName+"/"+name, request, answer)
	}
	reserve := func(orderID string, quantity int) error {
		message := fmt.Sprintf(`{"orderId":%q,"lines":[{"skuId":%q,"quantity":%d}]}`, orderID, skuID, quantity)
		_, err := call("Reserve", message, orderID)
		return err
	}
	if err := reserve(orderID, 1); err != nil {
		log.Fatal(err)
	}
	fmt.Println("reserved 1")
	refused := status.Convert(reserve(orderID+"-too-much", 1_000_000))
	for _, detail := range refused.Details() {
		if info, ok := detail.(*errdetails.ErrorInfo); ok {
			fmt.Println("refused", refused.Code(), info.GetReason())
		}
	}
}
